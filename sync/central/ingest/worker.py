"""One ingest worker: for every broker an alarm consumer and a bulk consumer, each with a thread of its own."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Sequence

from nacl.signing import SigningKey

from kiosk.core.notify import notify
from sync.central.ingest.announcer import Announcer
from sync.central.ingest.answers import Answers
from sync.central.ingest.consumer import BrokerAddress, Consumer
from sync.central.ingest.downlink import Downlink
from sync.central.ingest.gate import HELLOS_PER_S, HelloGate
from sync.central.ingest.receive import Receiver
from sync.central.store import CentralStore
from sync.sharing import short_turns
from sync.wire.topics import Up, filters

log = logging.getLogger(__name__)


def run(
    store: CentralStore,
    key: SigningKey,
    brokers: Sequence[BrokerAddress],
    shards: frozenset[int],
    stop: threading.Event,
    hellos_per_s: float = HELLOS_PER_S,
) -> None:
    """Runs until `stop`; raises RuntimeError when a consumer's thread has died, so that systemd starts us anew."""
    short_turns()
    consumers, gate = [], HelloGate(hellos_per_s)
    for broker in brokers:
        where = f"{broker.host}:{broker.port}"
        urgent = filters((Up.ALARM, Up.HELLO, Up.PRESENCE), shards)
        large = filters((Up.BATCH, Up.RESULT), shards)
        answers, downlink = Answers(store, key, shards), Downlink(store, key, shards)
        first, second = Receiver(store, downlink, gate), Receiver(store, downlink, gate)
        announcer = Announcer(key, f"{socket.gethostname()}-{os.getpid()}")
        bulk = Consumer(f"bulk-{where}", broker, large, second, key, downlink, bulk=True)
        # A kiosk whose hello is answered sends its first batch at once: somebody must be there to hear it.
        alarm = Consumer(f"alarm-{where}", broker, urgent, first, key, answers, announcer, after=bulk)
        consumers += [bulk, alarm]
    threads = [threading.Thread(target=each.run, args=(stop,), name=each.name, daemon=True) for each in consumers]
    for thread in threads:
        thread.start()
    notify("READY=1")
    while not stop.wait(1.0):
        dead = [thread.name for thread in threads if not thread.is_alive()]
        if dead:
            stop.set()
            raise RuntimeError(f"consumer thread died: {', '.join(dead)}")
        notify("WATCHDOG=1")
    for thread in threads:
        thread.join(timeout=10)


def parse_shards(text: str) -> frozenset[int]:
    """`0-31` or `0-7,40` as a set. Raises ValueError with words when it is neither."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdigit() or not (last or first).isdigit() or not int(first) <= int(last or first) <= 63:
            raise ValueError(f"{text!r}: tulis pecahan 0 sampai 63, misalnya 0-31 atau 0-7,40")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)
