"""The payloads, as JSON with limits on every field. Unknown fields are ignored: a newer peer may send more.

A batch carries events of one lane in order; each event is an array, and boot ids are listed once. A body travels as
the very bytes that were journalled, so both ends compute the same hash chain; the batch names the chain's hash before
its first event. A gap (`kiosk.core.gap`) stands for a run of events: it may follow any of them, and its hash is the
one that it declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from kiosk.core.alert import AlertAction
from kiosk.core.answer import Answer
from kiosk.core.clock import Moment
from kiosk.core.decoding import from_json
from kiosk.core.document import NAMES_LIMIT, DocumentName
from kiosk.core.errors import BadInput, BadMessage
from kiosk.core.event import Event, Lane
from kiosk.core.gap import GAP_KIND, first_of, follows, hash_with

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Millis = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Hex16 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
HashHex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
BODY_LIMIT_BYTES = 16_384
EVENTS_LIMIT = 1_000

T = TypeVar("T")


class EventRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event of a batch; `boot` is an index into the batch's `boots`."""

    seq: Seq
    kind: Name
    wall_ms: Millis
    synchronised: bool
    boot: Annotated[int, msgspec.Meta(ge=0, lt=EVENTS_LIMIT)]
    mono_ms: Millis
    body: msgspec.Raw


class Batch(msgspec.Struct, frozen=True):
    """Device → central: 1 to 1,000 events of one lane in order; on the alarm channel exactly one.

    `before` is the chain hash that the first event follows; `applied` is the number of the last message that this
    device has applied: on the alarm lane of the answers to alerts, otherwise of messages and commands.
    """

    epoch: Hex16
    lane: Lane
    before: HashHex
    boots: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=EVENTS_LIMIT)]
    events: Annotated[list[EventRow], msgspec.Meta(min_length=1, max_length=EVENTS_LIMIT)]
    applied: Seq


class HeldDocument(msgspec.Struct, frozen=True, array_like=True):
    """A document in force on a device: its version for people, the start of its SHA-256 for the central."""

    version: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    digest: Hex16


class Hello(msgspec.Struct, frozen=True):
    """Device → central after connecting: which lanes this connection serves, with their first and last seq held.

    `applied` as in a batch; `documents` only on the connection that fetches them.
    """

    versions: tuple[int, int]
    epoch: Hex16
    nonce: Hex16
    lanes: dict[Lane, tuple[Seq, Seq]]
    applied: Seq
    documents: Annotated[dict[DocumentName, HeldDocument], msgspec.Meta(max_length=NAMES_LIMIT)] = {}


class Presence(msgspec.Struct, frozen=True):
    """Device → central, retained; the last will says `online: false` with the same boot and connection number."""

    online: bool
    boot: Name
    connection: Seq


class Ack(msgspec.Struct, frozen=True):
    """Central → device, after its commit: per lane the last seq of the gapless prefix it holds.

    `nonce` repeats a hello's when this answers one; only that answer may set a cursor back.
    `now_ms` comes with it too: the central's clock, by which commands expire; 0 when it does not say. `retry_after_s`
    asks the device to come back after that time; an alarm that waits goes on with the cursors that it was given.
    `heads`: the chain hash at each cursor, so that a device sees whether it is its own events that are held.
    """

    epoch: Hex16
    cursors: dict[Lane, Seq]
    nonce: Annotated[str, msgspec.Meta(max_length=16)] = ""
    now_ms: Millis = 0
    retry_after_s: Annotated[float, msgspec.Meta(ge=0, le=3_600)] = 0.0
    heads: dict[Lane, HashHex] = {}


class CentralState(msgspec.Struct, frozen=True):
    """Central → everybody, retained: an ingest worker that has begun to listen, or its last will. A hint only."""

    online: bool
    worker: Name


class AlertAnswer(msgspec.Struct, frozen=True):
    """Central → device: one numbered answer to one alert. `nonce` is what the alert itself brought.

    `after` is the number of the answer before it that the central does not know as applied, 0 when there is none;
    without it, the number before its own. So a device with a new database misses nothing and waits for nothing.
    """

    number: Seq
    alert: Name
    nonce: Annotated[str, msgspec.Meta(max_length=128)]
    action: AlertAction
    officer: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    at_ms: Millis
    after: Seq | None = None

    def answer(self) -> Answer:
        return Answer(self.number, self.alert, self.nonce, self.action, self.officer, self.at_ms, self.after)


def encode(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


def decode(payload: bytes, type_: type[T]) -> T:
    """A payload as a checked value. Raises BadMessage saying which field."""
    try:
        return from_json(payload, type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # the last: brackets nested for malice
        raise BadMessage(f"{type_.__name__}: {error}") from error


def batch_of(before: bytes, events: Sequence[Event], applied: int) -> Batch:
    """A batch from events of one lane in order (at least one); `before` is the chain hash that the first follows."""
    boots: dict[str, int] = {}
    rows = []
    for event in events:
        at = event.moment
        boot = boots.setdefault(at.boot, len(boots))
        rows.append(
            EventRow(event.seq, event.kind, at.wall_ms, at.synchronised, boot, at.mono_ms, msgspec.Raw(event.body))
        )
    return Batch(events[0].epoch, events[0].lane, before.hex(), list(boots), rows, applied)


def events_of(device: str, batch: Batch) -> list[Event]:
    """The events of a batch. Raises BadMessage when they are not contiguous, too large, or name no boot of the list."""
    epoch, lane, boots, known_boots = batch.epoch, batch.lane, batch.boots, len(batch.boots)
    events: list[Event] = []
    through: int | None = None
    for row in batch.events:
        if row.boot >= known_boots:
            raise BadMessage(f"peristiwa {row.seq} menyebut boot yang tidak ada")
        body = bytes(row.body)
        if len(body) > BODY_LIMIT_BYTES or body[:1] != b"{":
            raise BadMessage(f"isi peristiwa {row.seq} bukan objek JSON sampai {BODY_LIMIT_BYTES} byte")
        moment = Moment(row.wall_ms, row.synchronised, boots[row.boot], row.mono_ms)
        event = Event(device, epoch, lane, row.seq, row.kind, moment, body)
        usual = through is not None and row.seq == through + 1 and row.kind != GAP_KIND
        if not usual and (row.seq < 1 or not _continues(through, event)):
            raise BadMessage(f"urutan peristiwa terputus pada {row.seq}")
        events.append(event)
        through = row.seq
    return events


def _continues(through: int | None, event: Event) -> bool:
    try:
        return follows(first_of(event) - 1 if through is None else through, event)
    except BadInput as error:
        raise BadMessage(str(error)) from error


def hashes_of(batch: Batch, events: Sequence[Event]) -> list[bytes]:
    """The chain hash after each event, following the batch's own `before`; the store compares it with what it holds."""
    hashes, held = [], bytes.fromhex(batch.before)
    for event in events:
        held = hash_with(held, event)
        hashes.append(held)
    return hashes
