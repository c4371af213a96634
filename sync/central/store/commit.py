"""One batch of one stream onto the disk, exactly once, whatever came before.

The order in the transaction: take the stream's row (two workers with the same batch wait for one another here), see
which numbers are known, keep the others, project them, move the cursor over the gapless prefix. The key decides, not
the cursor: a batch that arrives twice, late or across a gap is harmless. An event that arrives behind a gap is stored
and projected at once (an alert must not wait for a lost ticket); when the gap fills, what lies behind it is projected
again, in order. Last come the clocks of their boots (`boot_clocks`).

A known key with another content is a cloned card or a restored copy; a hash that does not follow from the one before
is an altered journal. Both are kept as security events and hold nothing up.

A gap (`kiosk.core.gap`) moves the cursor from anywhere in the run that it stands for to its end. What of that run is
not known here is counted as dropped (and no longer, should it still arrive by another broker). In the alarm and service
lanes that is a security event as well, acknowledged or not: a kiosk that says "you had them" of what this central does
not hold is either right, because this database came from an older backup, or hides something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import peewee

from kiosk.core.errors import BadInput
from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.gap import GAP_KIND, follows, gap_of, hash_with
from sync.central.boot_time import readings
from sync.central.store import boot_clocks, project, projection, segments
from sync.central.store.database import Connection, Row
from sync.central.store.delivery import Delivery, Stream
from sync.central.store.models import Quarantine, SecurityEvent
from sync.central.store.models import Stream as StreamRow
from sync.central.store.values import Committed


def commit(connection: Connection, delivery: Delivery) -> Committed:
    """Inside one write transaction."""
    stream, events, hashes, received_ms = delivery.stream, delivery.events, delivery.hashes, delivery.received_ms
    held = _take_stream(connection, stream)
    known = segments.known_hashes(connection, stream, events[0].seq, events[-1].seq)
    places = [place for place, event in enumerate(events) if event.seq not in known]
    new = [events[place] for place in places]
    for event, digest in zip(events, hashes, strict=True):
        if known.get(event.seq, digest) not in (digest, None):
            _security_event(connection, "different-content", event, digest, received_ms)
            if event.kind == "alert.raised":  # whoever holds the key: somebody calls for help
                _project(connection, [event], received_ms)
    segments.insert(connection, delivery, places)
    _project(connection, new, received_ms)

    late = sum(event.kind != GAP_KIND for event in new if event.seq <= held["committed_through"])
    cursor = _Cursor(held["committed_through"], bytes(held["head_hash"]), max(0, held["dropped"] - late))
    for event, digest in zip(events, hashes, strict=True):
        # A gap moves the cursor even if its last event is known: that may lie behind what the gap leaves out.
        if (event.seq not in known or event.kind == GAP_KIND) and follows(cursor.through, event):
            _advance(connection, cursor, event, digest, received_ms)
    if new or cursor.through != held["committed_through"]:
        first_new = new[0].seq if new else events[0].seq
        _catch_up(connection, stream, first_new, cursor, received_ms)
    if (cursor.through, cursor.dropped) != (held["committed_through"], held["dropped"]):
        moved = StreamRow.update(committed_through=cursor.through, head_hash=cursor.head, dropped=cursor.dropped)
        connection.run(moved.where(*_is(stream)))
    boot_clocks.learn(connection, readings(new))
    return Committed(committed_through=cursor.through, inserted=len(new))


@dataclass
class _Cursor:
    """How far the gapless prefix reaches while a batch is being taken, and how many events gaps have left out of it."""

    through: int
    head: bytes
    dropped: int


def _advance(connection: Connection, cursor: _Cursor, event: Event, digest: bytes, received_ms: int) -> None:
    """Moves the cursor over the next event, and says so when the chain does not hold there."""
    if hash_with(cursor.head, event) != digest:
        _security_event(connection, "broken-chain", event, digest, received_ms)
    gap = gap_of(event)
    if gap is not None:
        stream = (event.device, event.epoch, event.lane)
        here = segments.count_but_gaps(connection, stream, cursor.through + 1, event.seq)
        missing = event.seq - cursor.through - here
        cursor.dropped += missing
        if missing and event.lane is not Lane.HEALTH:
            reason = "gap-acknowledged" if gap.acknowledged else "gap-unacknowledged"
            _security_event(connection, reason, event, digest, received_ms)
    cursor.through, cursor.head = event.seq, digest


def _catch_up(connection: Connection, stream: Stream, first_new: int, cursor: _Cursor, received_ms: int) -> None:
    """When the new events filled a gap: projects again, in order, what was stored behind them, and moves the cursor on.

    In the usual case nothing lies behind, and this is one look into the key's index.
    """
    if not segments.any_after(connection, stream, max(cursor.through, first_new)):
        return
    for found in segments.walk(connection, stream, first_new - 1):
        _project(connection, [kept.event for kept in found], received_ms, again=True)
        for kept in found:
            if follows(cursor.through, kept.event):
                digest = kept.hash or hash_with(cursor.head, kept.event)
                _advance(connection, cursor, kept.event, digest, received_ms)


def _take_stream(connection: Connection, stream: Stream) -> Row:
    device, epoch, lane = stream
    start = StreamRow.insert(device=device, epoch=epoch, lane=lane, committed_through=0, head_hash=START_HASH)
    connection.run(start.on_conflict_ignore())
    row = connection.lock(StreamRow.select().where(*_is(stream)))
    assert row is not None
    return row


def _project(connection: Connection, events: Sequence[Event], received_ms: int, again: bool = False) -> None:
    """Projects in order; an event that can't be goes to quarantine with its reason (once) and the others go on."""
    values = []
    for event in events:
        try:
            value = projection.read(event)
        except BadInput as error:
            if not again:
                _quarantine(connection, event, str(error), event.body, received_ms)
            continue
        if value is not None:
            values.append((event, value))
    if not values:
        return
    try:
        with connection.savepoint():
            for event, value in values:
                project.apply(connection, event, value, received_ms)
    except (peewee.DataError, peewee.IntegrityError):
        _project_one_by_one(connection, values, received_ms, again)


def _project_one_by_one(
    connection: Connection, values: Sequence[tuple[Event, projection.Projection]], received_ms: int, again: bool
) -> None:
    """The slow way, taken when the database refused one of the batch: finds out which, and lets the others through."""
    for event, value in values:
        try:
            with connection.savepoint():
                project.apply(connection, event, value, received_ms)
        except (peewee.DataError, peewee.IntegrityError) as error:
            if not again:
                reason = f"isi {event.kind} tidak dapat disimpan: {error}"
                _quarantine(connection, event, reason, event.body, received_ms)


def _quarantine(connection: Connection, event: Event, reason: str, data: bytes, at_ms: int) -> None:
    topic = f"{event.epoch}/{event.lane}/{event.seq}"
    row = quarantine_row(event.device, topic, reason, data, at_ms)
    connection.run(row)


def quarantine_row(device: str | None, topic: str, reason: str, data: bytes, at_ms: int) -> peewee.ModelInsert:
    """The INSERT of one row; texts come from outside and are made storable first."""
    clean = [text.replace("\0", "\ufffd").encode(errors="replace").decode()[:500] for text in (topic, reason)]
    device = None if device is None else device.replace("\0", "\ufffd")[:100]
    return Quarantine.insert(device=device, topic=clean[0], reason=clean[1], data=data, at_ms=at_ms)


def _security_event(connection: Connection, reason: str, event: Event, digest: bytes, at_ms: int) -> None:
    row = SecurityEvent.insert(
        reason=reason,
        device=event.device,
        epoch=event.epoch,
        lane=event.lane.value,
        seq=event.seq,
        kind=event.kind.replace("\0", "\ufffd"),
        body=event.body,
        hash=digest,
        at_ms=at_ms,
    )
    connection.run(row.on_conflict_ignore())


def _is(stream: Stream) -> tuple[object, ...]:
    device, epoch, lane = stream
    return (StreamRow.device == device, StreamRow.epoch == epoch, StreamRow.lane == lane.value)
