"""The usual batch, a hundred times as fast as the careful way in `commit`: it follows directly what is held.

A kiosk that comes back after a month sends a hundred thousand events, and nearly every batch of them is like this: of
one stream, without a gap, the chain following the head that is held, nothing known of it yet. Then one comparison
proves the chain, no key can be known, and rows go in many at a time. What can be computed before the transaction is:
`prepare` is pure and runs while another batch is being committed.

Where there is one writer at a time, an alert goes between two parts of a batch: then the rest of it goes into another
transaction, and into another segment.

Whatever is unusual is not judged here: `prepare` or `take` gives None, or the database refuses, and the caller goes the
careful way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from kiosk.core.errors import BadInput
from kiosk.core.event import START_HASH, Event
from kiosk.core.gap import GAP_KIND
from sync.central.boot_time import BootClock, later, readings
from sync.central.store import boot_clocks, project, projection, segments
from sync.central.store.database import Connection
from sync.central.store.delivery import Delivery
from sync.central.store.devices import seen
from sync.central.store.lately import Lately
from sync.central.store.ticket_writes import TicketWrites

_TAKE = (
    "INSERT INTO stream (device, epoch, lane, committed_through, head_hash) VALUES (?, ?, ?, 0, ?)"
    " ON CONFLICT (device, epoch, lane) DO UPDATE SET committed_through = stream.committed_through"
    " RETURNING committed_through, head_hash,"
    f" (SELECT s.last_seq {segments.NEWEST})"
)
_MOVE = "UPDATE stream SET committed_through = ?, head_hash = ? WHERE device = ? AND epoch = ? AND lane = ?"

_DAY = "UPDATE device SET business_day = ? WHERE device_id = ? AND COALESCE(business_day, '') < ?"


class Part(msgspec.Struct, frozen=True):
    """A run of a delivery's events, up to the place `end`, and what they change besides being kept."""

    device: str
    end: int
    received_ms: int
    tickets: TicketWrites
    others: list[tuple[Event, projection.Projection]]
    boots: dict[tuple[str, str], BootClock]


class WholeBatch(msgspec.Struct, frozen=True):
    """A delivery made ready, in parts that may go into transactions of their own."""

    delivery: Delivery
    parts: list[Part]

    @property
    def order(self) -> tuple[str, str, str, int]:
        """The same everywhere, so that two workers with the same batches never wait for each other in a ring."""
        device, epoch, lane = self.delivery.stream
        return device, epoch, lane.value, self.delivery.events[0].seq


def prepare(delivery: Delivery, part_events: int) -> WholeBatch | None:
    """A batch whose hashes were computed as the chain that follows its `before`, or None when it needs a careful look.

    The events are of one stream and follow one another, as the wire's decoder has checked.
    """
    if any(event.kind == GAP_KIND for event in delivery.events):
        return None
    try:
        places = range(0, len(delivery.events), part_events)
        return WholeBatch(delivery, [_part(delivery, at, min(at + part_events, len(delivery.events))) for at in places])
    except BadInput:  # a body is not what its kind says
        return None


def _part(delivery: Delivery, begin: int, end: int) -> Part:
    events, tickets, others = delivery.events[begin:end], TicketWrites(), []
    for event in events:
        value = projection.read(event)
        if value is not None and not tickets.add(event, value):
            others.append((event, value))
    return Part(delivery.stream[0], end, delivery.received_ms, tickets, others, readings(events))


def take(connection: Connection, batch: WholeBatch, at: int, must_end: Callable[[], bool]) -> int | None:
    """Inside one write transaction: takes parts from number `at` on until the last or until `must_end` says so.

    Gives the number of the part to go on with, or None: it does not follow what is held, and nothing was changed.
    """
    stream, events = batch.delivery.stream, batch.delivery.events
    key = (stream[0], stream[1], stream[2].value)
    begin = batch.parts[at - 1].end if at else 0
    before = batch.delivery.hashes[begin - 1] if begin else batch.delivery.before
    through, head, newest = connection.fetch(_TAKE, *key, START_HASH, *key)[0]
    if events[begin].seq != through + 1 or before != bytes(head) or (newest or 0) > through:
        return None
    while at < len(batch.parts):
        part, at = batch.parts[at], at + 1
        for event, value in part.others:
            project.apply(connection, event, value, part.received_ms)
        part.tickets.write(connection)
        if must_end():
            break
    end = batch.parts[at - 1].end
    segments.insert(connection, batch.delivery, range(begin, end))
    connection.change(_MOVE, events[end - 1].seq, batch.delivery.hashes[end - 1], *key)
    return at


class Changes(msgspec.Struct, frozen=True):
    """What parts change of their devices."""

    days: dict[str, str]
    seen: dict[str, int]
    clocks: dict[tuple[str, str], BootClock]


def changes(parts: Sequence[Part], lately: Lately) -> Changes:
    """Of what is not on disk yet."""
    days: dict[str, str] = {}
    heard: dict[str, int] = {}
    clocks: dict[tuple[str, str], BootClock] = {}
    for part in parts:
        days[part.device] = max(days.get(part.device, ""), part.tickets.day)
        heard[part.device] = max(heard.get(part.device, 0), part.received_ms)
        for boot, clock in part.boots.items():
            clocks[boot] = later(clocks[boot], clock) if boot in clocks else clock
    seen_now = {device: at_ms for device, at_ms in heard.items() if not lately.is_seen(device, at_ms)}
    return Changes({device: day for device, day in days.items() if day}, seen_now, lately.news(clocks))


def write_changes(connection: Connection, found: Changes) -> None:
    """Last in the transaction, since an alert's changes the same rows."""
    for device, day in sorted(found.days.items()):
        connection.change(_DAY, day, device, day)
    for device, at_ms in sorted(found.seen.items()):
        seen(connection, device, at_ms)
    boot_clocks.learn(connection, found.clocks)
