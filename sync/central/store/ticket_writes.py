"""Tickets of one batch, written many at a time.

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
_WAITING = TicketState.WAITING.value


class TicketWrites:
    """Gathers what the events of one device do to its tickets."""

    def __init__(self) -> None:
        self._issued: list[tuple[Any, ...]] = []
        self._changed: list[tuple[Any, ...]] = []
        self.day = ""
        """The latest business day of a ticket; it only advances, so it stands for all."""

    def add(self, event: Event, value: projection.Projection) -> bool:
        """Takes the value if it is a ticket's."""
        wall_ms, seq = event.moment.wall_ms, event.seq
        if type(value) is projection.TicketIssued:
            day = value.day.isoformat()
            if day > self.day:
                self.day = day
            self._issued.append(
                (value.id, event.device, day, value.series, value.ordinal, value.number, value.service, _WAITING, None)
                + (wall_ms, wall_ms, value.track_hash, seq)
            )
            return True
        if type(value) is projection.TicketChanged:
            self._changed.append((value.state.value, value.counter, wall_ms, seq, value.id, event.device, seq))
            return True
        return False

    def write(self, connection: Connection) -> None:
        """Inside the transaction that inserts the events. Raises peewee.IntegrityError when a ticket is known."""
        if self._issued:
            connection.append("ticket", _COLUMNS, self._issued)
        if self._changed:
            connection.run_many(_CHANGE, self._changed)
