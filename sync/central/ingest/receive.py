"""One message in, one reply out: check the signature, commit, and say how far the sender's streams are held.

Whatever cannot be taken is quarantined with its reason and disturbs nobody else; only a commit is ever acknowledged. A
device sends again what nobody acknowledges, so the same bytes are quarantined once.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Sequence

import msgspec

from kiosk.core.errors import BadInput, BadMessage, StoreError
from kiosk.core.event import Lane
from sync.central.ingest.downlink import Downlink
from sync.central.ingest.gate import HelloGate
from sync.central.store import CentralStore
from sync.central.store.delivery import Delivery, delivery
from sync.central.store.whole_batch import WholeBatch, prepare
from sync.wire.downlink import Want
from sync.wire.envelope import VERSION, unseal
from sync.wire.messages import Ack, Batch, Hello, Presence, decode
from sync.wire.topics import Up, UpTopic, parse_up

log = logging.getLogger(__name__)

KEY_CACHED_S = 10.0
REMEMBERED = 10_000  # keys and refused messages that one worker keeps in mind; beyond it starts afresh


class Reply(msgspec.Struct, frozen=True):
    """An acknowledgement for one device."""

    device: str
    ack: Ack


class Ready(msgspec.Struct, frozen=True):
    """A batch that was read and checked; `whole` when it may go the fast way."""

    topic: str
    delivery: Delivery
    whole: WholeBatch | None

    @property
    def device(self) -> str:
        return self.delivery.stream[0]

    @property
    def events(self) -> int:
        return len(self.delivery.events)


class Receiver:
    """Takes messages into one store. `read` and `commit` may be called by two threads, each by one."""

    def __init__(self, store: CentralStore, downlink: Downlink, gate: HelloGate | None = None) -> None:
        self._store, self._downlink, self._gate = store, downlink, gate or HelloGate()
        self._keys: dict[str, tuple[float, bytes | None]] = {}
        self._refused: set[bytes] = set()
        self._applied_last: dict[str, int] = {}

    def take(self, topic: str, data: bytes) -> Reply | None:
        """Commits what a message brings; the reply may be sent as soon as this returns.

        Raises StoreError when the database cannot be used: then nothing was taken and the device will send again.
        """
        found = self.read(topic, data)
        if isinstance(found, Ready):
            replies = self.commit([found])
            return replies[0] if replies else None
        return found

    def read(self, topic: str, data: bytes) -> Ready | Reply | None:
        """A batch made ready for `commit`; anything else is taken at once."""
        now_ms = self._store.now_ms()
        device: str | None = None
        try:
            sender = parse_up(topic)
            key = self._key(sender.device)
            if key is None:
                raise BadMessage(f"perangkat {sender.device} belum terdaftar")
            payload = unseal(key, topic, data)
            device = sender.device
            return self._read(sender, topic, data, payload, now_ms)
        except BadInput as error:
            self._quarantine(device, topic, str(error), data, now_ms)
        except StoreError:
            raise
        except Exception as error:  # one device's message, whatever is in it, must not stop the alarms of all others
            log.exception("message could not be taken", extra={"topic": topic[:100]})
            self._quarantine(device, topic, f"{type(error).__name__}: {error}", data, now_ms)
        return None

    def commit(self, batches: Sequence[Ready]) -> list[Reply]:
        """Commits batches together and answers once a stream. Raises StoreError when the database cannot be used."""
        through: dict[tuple[str, str, Lane], int] = {}
        together = self._commit_whole(batches)
        for ready in batches:
            held = ready.delivery.events[-1].seq if together else self._commit_with_care(ready)
            if held is not None:
                through[ready.delivery.stream] = held
        for ready in batches:
            batch = ready.delivery.batch
            if batch.lane is Lane.ALARM:
                self._applied(ready.device, batch.applied)
            else:
                self._downlink.applied(ready.device, batch.applied)
        return [Reply(device, Ack(epoch, {lane: held})) for (device, epoch, lane), held in through.items()]

    def tidy(self) -> None:
        """After a reply was given, when nobody waits."""
        self._store.tidy()

    def _commit_whole(self, batches: Sequence[Ready]) -> bool:
        """False when they must be committed one by one, with care."""
        whole = [ready.whole for ready in batches if ready.whole is not None]
        if len(whole) < len(batches):
            return False
        try:
            return self._store.commit_whole(whole)
        except StoreError:
            raise
        except Exception:  # the careful way finds out which of them it was, and quarantines that one
            log.exception("batches could not be committed together", extra={"batches": len(batches)})
            return False

    def _commit_with_care(self, ready: Ready) -> int | None:
        """One batch by itself; None when it had to be quarantined."""
        message, received_ms = ready.delivery.message, ready.delivery.received_ms
        try:
            committed = self._store.commit(ready.delivery)
            self._store.seen(ready.device, received_ms)
            return committed.committed_through
        except BadInput as error:
            self._quarantine(ready.device, ready.topic, str(error), message, received_ms)
        except StoreError:
            raise
        except Exception as error:  # as in `read`
            log.exception("message could not be taken", extra={"topic": ready.topic[:100]})
            self._quarantine(ready.device, ready.topic, f"{type(error).__name__}: {error}", message, received_ms)
        return None

    def _quarantine(self, device: str | None, topic: str, why: str, data: bytes, now_ms: int) -> None:
        same = hashlib.sha256(topic.encode(errors="replace") + b"\0" + data).digest()
        if same in self._refused:
            return
        log.warning("message quarantined", extra={"topic": topic[:100], "why": why})
        self._store.quarantine(device, topic, why, data, now_ms)
        if len(self._refused) >= REMEMBERED:
            self._refused.clear()
        self._refused.add(same)

    def _key(self, device: str) -> bytes | None:
        held = self._keys.get(device)
        if held is None or time.monotonic() - held[0] > KEY_CACHED_S:
            if len(self._keys) >= REMEMBERED:
                self._keys.clear()
            held = (time.monotonic(), self._store.public_key(device))
            self._keys[device] = held
        return held[1]

    def _read(self, sender: UpTopic, topic: str, data: bytes, payload: bytes, now_ms: int) -> Ready | Reply | None:
        device = sender.device
        if sender.channel is Up.PRESENCE:
            said = decode(payload, Presence)
            self._store.present(device, said.online, said.boot, said.connection, now_ms)
            return None
        if sender.channel is Up.HELLO:
            return self._greet(device, decode(payload, Hello), now_ms)
        if sender.channel is Up.RESULT:
            self._downlink.wanted(device, decode(payload, Want))
            return None
        batch = decode(payload, Batch)
        if (sender.channel is Up.ALARM) != (batch.lane is Lane.ALARM):
            raise BadMessage(f"jalur {batch.lane} tidak dikirim lewat saluran {sender.channel}")
        came = delivery(device, data, batch, now_ms)
        return Ready(topic, came, prepare(came, self._store.part_events))

    def _greet(self, device: str, hello: Hello, now_ms: int) -> Reply:
        if not hello.versions[0] <= VERSION <= hello.versions[1]:
            raise BadMessage(f"perangkat berbicara protokol {hello.versions}, pusat ini protokol {VERSION}")
        wait_s = self._gate.ask(time.monotonic(), random.random())
        if wait_s and Lane.ALARM not in hello.lanes:
            return Reply(device, Ack(hello.epoch, {}, hello.nonce, now_ms, wait_s))
        if not wait_s:
            self._greeted(device, hello, now_ms)
        held = self._store.cursors(device, hello.epoch)
        cursors = {lane: held[lane].committed_through if lane in held else 0 for lane in hello.lanes}
        heads = {lane: held[lane].head_hash.hex() for lane in hello.lanes if cursors[lane]}
        return Reply(device, Ack(hello.epoch, cursors, hello.nonce, self._store.now_ms(), wait_s, heads))

    def _greeted(self, device: str, hello: Hello, now_ms: int) -> None:
        if Lane.ALARM in hello.lanes:
            self._applied(device, hello.applied)
        else:
            self._downlink.greeted(device, hello)
        self._store.seen(device, now_ms)

    def _applied(self, device: str, number: int) -> None:
        if number and number != self._applied_last.get(device):
            self._store.down_applied(device, number)
            self._applied_last[device] = number
