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

import msgspec

from kiosk.core.errors import BadInput
from kiosk.core.event import START_HASH, Event
from kiosk.core.gap import GAP_KIND
from sync.central.boot_time import BootClock, later, readings
from sync.central.store import boot_clocks, project, projection, segments
from sync.central.store.database import Connection
from sync.central.store.delivery import Delivery
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
    """A delivery made ready: what it changes besides being kept."""

    delivery: Delivery
    tickets: TicketWrites
    others: list[tuple[Event, projection.Projection]]
    boots: dict[tuple[str, str], BootClock]

    @property
    def device(self) -> str:
        return self.delivery.stream[0]

    @property
    def order(self) -> tuple[str, str, str, int]:
        """The same everywhere, so that two workers with the same batches never wait for each other in a ring."""
        device, epoch, lane = self.delivery.stream
        return device, epoch, lane.value, self.delivery.events[0].seq


def prepare(delivery: Delivery) -> WholeBatch | None:
    """A batch whose hashes were computed as the chain that follows its `before`, or None when it needs a careful look.

    The events are of one stream and follow one another, as the wire's decoder has checked.
    """
    if any(event.kind == GAP_KIND for event in delivery.events):
        return None
    tickets, others = TicketWrites(), []
    try:
        for event in delivery.events:
            value = projection.read(event)
            if value is not None and not tickets.add(event, value):
                others.append((event, value))
    except BadInput:  # a body is not what its kind says
        return None
    return WholeBatch(delivery, tickets, others, readings(delivery.events))


def take(connection: Connection, batch: WholeBatch) -> bool:
    """Inside one write transaction. False: it does not follow what is held, and nothing was changed."""
    stream, events = batch.delivery.stream, batch.delivery.events
    key = (stream[0], stream[1], stream[2].value)
    through, head = connection.fetch(_TAKE, *key, START_HASH)[0]
    if events[0].seq != through + 1 or batch.delivery.before != bytes(head):
        return False
    if segments.any_after(connection, stream, through):
        return False
    segments.insert(connection, batch.delivery, range(len(events)))
    for event, value in batch.others:
        project.apply(connection, event, value, batch.delivery.received_ms)
    batch.tickets.write(connection)
    connection.change(_MOVE, events[-1].seq, batch.delivery.hashes[-1], *key)
    return True


def after_all(connection: Connection, batches: Sequence[WholeBatch]) -> None:
    """What the batches change of their devices: last in the transaction, since an alert's changes the same rows."""
    days: dict[str, str] = {}
    heard: dict[str, int] = {}
    for batch in batches:
        days[batch.device] = max(days.get(batch.device, ""), batch.tickets.day)
        heard[batch.device] = max(heard.get(batch.device, 0), batch.delivery.received_ms)
    for device in sorted(days):
        if days[device]:
            connection.change(_DAY, days[device], device, days[device])
        seen(connection, device, heard[device])
    boots: dict[tuple[str, str], BootClock] = {}
    for batch in batches:
        for boot, reading in batch.boots.items():
            boots[boot] = later(boots[boot], reading) if boot in boots else reading
    boot_clocks.learn(connection, boots)
