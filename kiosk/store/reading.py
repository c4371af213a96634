"""Tickets as they stand on disk, for whoever looks: screens, officers, trackers. Reads only."""

from __future__ import annotations

from typing import Any

from kiosk.core.errors import NotFound
from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.database import Store

COLUMNS = (
    "id, day, series, ordinal, service, state, issued_ms, arrived, counter, called_ms, calls, priority, due_ms,"
    " for_counter, note"
)


def ticket_of(row: tuple[Any, ...]) -> Ticket:
    ticket_id, day, series, ordinal, service, state, *rest = row
    return Ticket(ticket_id, day, series, ordinal, service, TicketState(state), *rest)


def find(store: Store, ticket_id: str) -> Ticket:
    row = store.one(f"SELECT {COLUMNS} FROM ticket WHERE id = ?", ticket_id)
    if row is None:
        raise NotFound("nomor antrean ini tidak ada")
    return ticket_of(row)


def find_by_track(store: Store, hashed: str) -> Ticket:
    row = store.one(f"SELECT {COLUMNS} FROM ticket WHERE track_hash = ?", hashed)
    if row is None:
        raise NotFound("Kode itu belum dikenal di sini. Periksa lagi di tiket Anda.")
    return ticket_of(row)


def waiting_count(store: Store, day: str) -> int:
    row = store.one("SELECT COUNT(*) FROM ticket WHERE queue_day = ? AND state = 'waiting'", day)
    return int(row[0]) if row else 0


def ahead_of(store: Store, ticket: Ticket, pool: frozenset[str] = frozenset()) -> int:
    """How many wait before this ticket (0 when it does not wait): in all, or for the services of `pool`."""
    if ticket.state is not TicketState.WAITING:
        return 0
    rows = store.all(
        "SELECT service, COUNT(*) FROM ticket WHERE queue_day = (SELECT queue_day FROM ticket WHERE id = ?)"
        " AND state = 'waiting' AND arrived < ? GROUP BY service",
        *(ticket.id, ticket.arrived),
    )
    return sum(people for service, people in rows if not pool or service in pool)


def of_day(store: Store, day: str, state: TicketState | None = None, limit: int = 500) -> list[Ticket]:
    """Tickets that queue on a day in order of arrival, all or of one state."""
    rows = store.all(
        f"SELECT {COLUMNS} FROM ticket WHERE queue_day = ?{' AND state = ?' if state else ''} ORDER BY arrived LIMIT ?",
        *(day, *([state.value] if state else []), limit),
    )
    return [ticket_of(row) for row in rows]


def recent_visit_minutes(store: Store, day: str, limit: int = 20) -> list[float]:
    """Service minutes of the last visits that ended today, newest last; no visit at a counter lasts four hours, so a
    longer one is a clock that was put right meanwhile."""
    rows = store.all(
        "SELECT (ended_ms - COALESCE(started_ms, called_ms)) / 60000.0 FROM ticket WHERE queue_day = ?"
        " AND state = 'served' AND ended_ms - COALESCE(started_ms, called_ms) BETWEEN 0 AND 14400000"
        " ORDER BY ended_ms DESC LIMIT ?",
        *(day, limit),
    )
    return [float(row[0]) for row in reversed(rows)]
