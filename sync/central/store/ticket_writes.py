"""Tickets of one batch, written many at a time and each once.

All are issued before any is changed: whatever their order in the batch, a change only takes a later event's state, so
both orders leave the same rows. A business day only advances, so the latest stands for all.
"""

from __future__ import annotations

from typing import Any

from kiosk.core.event import Event
from kiosk.core.ticket import TicketState
from sync.central.store import projection
from sync.central.store.database import Connection

_COLUMNS = {
    "ticket_id": "text",
    "device": "text",
    "day": "text",
    "series": "text",
    "ordinal": "int8",
    "number": "text",
    "service": "text",
    "state": "text",
    "counter": "int8",
    "issued_ms": "int8",
    "changed_ms": "int8",
    "track_hash": "text",
    "seq": "int8",
}
_CHANGE = (
    "UPDATE ticket SET state = ?, counter = COALESCE(?, counter), changed_ms = ?, seq = ?"
    " WHERE ticket_id = ? AND device = ? AND seq < ?"
)
_STATE, _COUNTER, _CHANGED_MS, _SEQ = (list(_COLUMNS).index(name) for name in ("state", "counter", "changed_ms", "seq"))
_WAITING = TicketState.WAITING.value


class TicketWrites:
    """Gathers what the events of one device, in order, do to its tickets."""

    def __init__(self) -> None:
        self._issued: dict[str, list[Any]] = {}
        self._changed: dict[str, tuple[Any, ...]] = {}
        self.day = ""
        """The latest business day of a ticket; it only advances, so it stands for all."""

    def add(self, event: Event, value: projection.Projection) -> bool:
        """Takes the value if it is a ticket's."""
        if type(value) is projection.TicketIssued:
            return self._issue(event, value)
        if type(value) is projection.TicketChanged:
            self._change(event, value)
            return True
        return False

    def _issue(self, event: Event, value: projection.TicketIssued) -> bool:
        if value.id in self._issued:
            return False  # no kiosk of ours does that; row by row the first one stays
        wall_ms, day = event.moment.wall_ms, value.day.isoformat()
        if day > self.day:
            self.day = day
        row = [value.id, event.device, day, value.series, value.ordinal, value.number, value.service, _WAITING]
        row += (None, wall_ms - value.waited_ms, wall_ms, value.track_hash, event.seq)
        self._issued[value.id] = row
        return True

    def _change(self, event: Event, value: projection.TicketChanged) -> None:
        """A ticket drawn in this batch is written as it is in the end; of another's changes the last one counts."""
        row = self._issued.get(value.id)
        if row is not None:
            row[_STATE], row[_CHANGED_MS], row[_SEQ] = value.state.value, event.moment.wall_ms, event.seq
            row[_COUNTER] = row[_COUNTER] if value.counter is None else value.counter
            return
        counter = value.counter
        if counter is None and value.id in self._changed:
            counter = self._changed[value.id][1]
        moved = (value.state.value, counter, event.moment.wall_ms, event.seq)
        self._changed[value.id] = (*moved, value.id, event.device, event.seq)

    def write(self, connection: Connection) -> None:
        """Inside the transaction that inserts the events. Raises peewee.IntegrityError when a ticket is known."""
        if self._issued:
            connection.append("ticket", _COLUMNS, list(self._issued.values()))
        if self._changed:
            connection.run_many(_CHANGE, list(self._changed.values()))
