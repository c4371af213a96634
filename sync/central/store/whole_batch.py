"""The usual batch, a hundred times as fast as the careful way in `commit`: it follows directly what is held.

A kiosk that comes back after a month sends a hundred thousand events, and nearly every batch of them is like this: of
one stream, without a gap, the chain following the head that is held, nothing known of it yet. Then one comparison
proves the chain, no key can be known, and rows go in many at a time. What can be computed before the transaction is:
`prepare` is pure and runs while another batch is being committed.

Whatever is unusual is not judged here: `prepare` or `take` gives None, or the database refuses, and the caller goes the
careful way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from kiosk.core.errors import BadInput
from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.gap import GAP_KIND
from sync.central.boot_time import BootReading, later, readings
from sync.central.store import boot_clocks, event_rows, project, projection
from sync.central.store.database import Connection
from sync.central.store.devices import seen
from sync.central.store.ticket_writes import TicketWrites

_TAKE = (
    "INSERT INTO stream (device, epoch, lane, committed_through, head_hash) VALUES (?, ?, ?, 0, ?)"
    " ON CONFLICT (device, epoch, lane) DO UPDATE SET committed_through = stream.committed_through"
    " RETURNING committed_through, head_hash"
)
_MOVE = "UPDATE stream SET committed_through = ?, head_hash = ? WHERE device = ? AND epoch = ? AND lane = ?"

_DAY = "UPDATE device SET business_day = ? WHERE device_id = ? AND COALESCE(business_day, '') < ?"


class WholeBatch(msgspec.Struct, frozen=True):
    """A batch made ready: its rows, and what they change besides."""

    device: str
    epoch: str
    lane: Lane
    first: int
    through: int
    before: bytes
    head: bytes
    received_ms: int
    rows: list[tuple[Any, ...]]
    tickets: TicketWrites
    others: list[tuple[Event, projection.Projection]]
    boots: dict[tuple[str, str], BootReading]


def prepare(
    events: Sequence[Event], hashes: Sequence[bytes], before: bytes, received_ms: int, part_events: int
) -> list[WholeBatch] | None:
    """A batch whose `hashes` were computed as the chain that follows `before`, cut into parts that follow one another.

    None when it needs a careful look. The events are of one stream and contiguous, as the wire's decoder has checked.
    """
    texts = {event.kind for event in events}.union(event.moment.boot for event in events)
    if GAP_KIND in texts or any("\0" in text or not text.isascii() for text in texts):
        return None
    parts = []
    try:
        for at in range(0, len(events), part_events):
            end = at + part_events
            parts.append(_part(events[at:end], hashes[at:end], hashes[at - 1] if at else before, received_ms))
    except BadInput:
        return None
    return parts


def _part(events: Sequence[Event], hashes: Sequence[bytes], before: bytes, received_ms: int) -> WholeBatch:
    """Raises BadInput when a body is not what its kind says."""
    first = events[0]
    device, epoch, lane = first.device, first.epoch, first.lane
    rows, tickets, others = [], TicketWrites(), []
    for event, digest in zip(events, hashes, strict=True):
        rows.append(event_rows.columns(event, digest, received_ms))
        value = projection.read(event)
        if value is not None and not tickets.add(event, value):
            others.append((event, value))
    key = (device, epoch, lane)
    return WholeBatch(
        *key, first.seq, events[-1].seq, before, hashes[-1], received_ms, rows, tickets, others, readings(events)
    )


def take(connection: Connection, batch: WholeBatch) -> bool:
    """Inside one write transaction. False: it does not follow what is held, and nothing was changed."""
    stream = (batch.device, batch.epoch, batch.lane)
    key = (batch.device, batch.epoch, batch.lane.value)
    through, head = connection.fetch(_TAKE, *key, START_HASH)[0]
    if batch.first != through + 1 or batch.before != bytes(head) or event_rows.any_after(connection, stream, through):
        return False
    event_rows.insert(connection, batch.rows)
    for event, value in batch.others:
        project.apply(connection, event, value, batch.received_ms)
    batch.tickets.write(connection)
    connection.change(_MOVE, batch.through, batch.head, *key)
    return True


def after_all(connection: Connection, batches: Sequence[WholeBatch]) -> None:
    """What the batches change of their devices: last in the transaction, since an alert's changes the same rows."""
    days: dict[str, str] = {}
    heard: dict[str, int] = {}
    for batch in batches:
        days[batch.device] = max(days.get(batch.device, ""), batch.tickets.day)
        heard[batch.device] = max(heard.get(batch.device, 0), batch.received_ms)
    for device in sorted(days):
        if days[device]:
            connection.change(_DAY, days[device], device, days[device])
        seen(connection, device, heard[device])
    boots: dict[tuple[str, str], BootReading] = {}
    for batch in batches:
        for boot, reading in batch.boots.items():
            boots[boot] = later(boots[boot], reading) if boot in boots else reading
    boot_clocks.learn(connection, boots)
