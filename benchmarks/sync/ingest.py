"""How much one ingest worker takes into its database when batches are there as fast as it can read them.

Signed batches as the agent would build them on a fast link, straight into `Receiver.take`: no broker, no agent, so the
figure is the central's alone.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from nacl.signing import SigningKey

from benchmarks.rig import DEVICE, SITE_CODE
from kiosk.core.event import Lane
from kiosk.core.ids import SHARDS
from kiosk.store import journal
from kiosk.store.database import open_store
from sync.central.ingest.downlink import Downlink
from sync.central.ingest.receive import Receiver
from sync.central.store import SiteCard, migrate, open_central
from sync.wire.envelope import seal
from sync.wire.messages import EVENTS_LIMIT, batch_of, encode
from sync.wire.topics import Up, up


def signed_batches(path: Path, key: SigningKey, events_most: int = EVENTS_LIMIT) -> tuple[int, list[bytes]]:
    """How many events there are, and all of them in signed messages of at most `events_most`."""
    messages, after, topic = [], 0, up(DEVICE, Up.BATCH)
    with closing(open_store(path)) as store:
        while events := journal.events(store, Lane.SERVICE, after, events_most):
            before = journal.hash_after(store, Lane.SERVICE, after)
            messages.append(seal(key, topic, encode(batch_of(before, events, 0))))
            after = events[-1].seq
    return after, messages


def ingest_rate(central_url: str, path: Path) -> float:
    """Events a second that one thread commits into the empty database at `central_url`."""
    key = SigningKey.generate()
    count, messages = signed_batches(path, key)
    migrate(central_url)
    with closing(open_central(central_url)) as central:
        card = SiteCard(code=SITE_CODE, name="Kelurahan Uji", address="Jl. Uji 1")
        central.enrol(DEVICE, bytes(key.verify_key), card)
        downlink = Downlink(central, SigningKey.generate(), frozenset(range(SHARDS)))
        receiver, topic = Receiver(central, downlink), up(DEVICE, Up.BATCH)
        began_s = time.perf_counter()
        for message in messages:
            assert receiver.take(topic, message) is not None, "a batch was refused"
        took_s = time.perf_counter() - began_s
        assert not any(central.faults().values()), "the central found faults"
    return count / took_s
