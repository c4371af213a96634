"""What officers do to tickets: each action is one transaction that re-reads the ticket, so two officers who press at
once get two different numbers or one clear refusal. Who is next here is first come, first served; priorities come with
the queue rule of the office.
"""

from __future__ import annotations

from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.ticket import Ticket, TicketAction, TicketState, after
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.tickets import COLUMNS, find, ticket_of, today

EVENT_OF = {
    TicketAction.CALL: "ticket.called",
    TicketAction.RECALL: "ticket.recalled",
    TicketAction.START: "ticket.started",
    TicketAction.FINISH: "ticket.served",
    TicketAction.MISS: "ticket.no-show",
    TicketAction.HOLD: "ticket.held",
    TicketAction.TAKE_BACK: "ticket.taken-back",
    TicketAction.TRANSFER: "ticket.transferred",
    TicketAction.END: "ticket.ended",
}
_CALLS = (TicketAction.CALL, TicketAction.RECALL)


def call_next(store: Store, counter: int, officer: str) -> Ticket:
    """Calls the one who has waited longest to `counter`. Raises NotFound when nobody waits."""
    with store.write():
        row = store.one(
            f"SELECT {COLUMNS} FROM ticket WHERE day = ? AND state = 'waiting' ORDER BY arrived LIMIT 1", today(store)
        )
        if row is None:
            raise NotFound("Tidak ada yang menunggu.")
        return _act(store, ticket_of(row), TicketAction.CALL, counter, officer)


def act(store: Store, ticket_id: str, action: TicketAction, counter: int, officer: str) -> Ticket:
    """One action of an officer on one ticket. Raises BadTransition when the ticket has moved on meanwhile."""
    with store.write():
        return _act(store, find(store, ticket_id), action, counter, officer)


def _act(store: Store, ticket: Ticket, action: TicketAction, counter: int, officer: str) -> Ticket:
    state = after(ticket, action)
    at = store.now().wall_ms
    ended = at if state in (TicketState.SERVED, TicketState.NO_SHOW, TicketState.ENDED) else None
    store.run(
        "UPDATE ticket SET state = ?, counter = ?, calls = calls + ?, ended_ms = ?,"
        " called_ms = CASE WHEN ? THEN ? ELSE called_ms END,"
        " started_ms = CASE WHEN ? THEN NULL WHEN ? THEN ? ELSE started_ms END WHERE id = ?",
        *(state.value, None if state is TicketState.WAITING else counter, action in _CALLS, ended),
        *(action in _CALLS, at, action is TicketAction.CALL, action is TicketAction.START, at, ticket.id),
    )
    body = {"id": ticket.id, "number": ticket.number, "state": state.value, "counter": counter, "officer": officer}
    record(store, Lane.SERVICE, EVENT_OF[action], body)
    return find(store, ticket.id)


def at_counter(store: Store, counter: int) -> Ticket | None:
    """The ticket that is called to or served at a counter now."""
    row = store.one(
        f"SELECT {COLUMNS} FROM ticket WHERE day = ? AND counter = ? AND state IN ('called', 'serving')"
        " ORDER BY called_ms DESC LIMIT 1",
        *(today(store), counter),
    )
    return ticket_of(row) if row else None


def calls(store: Store, limit: int = 6) -> list[Ticket]:
    """The newest calls of the day for the board, newest first, as long as they are called or served."""
    rows = store.all(
        f"SELECT {COLUMNS} FROM ticket WHERE day = ? AND state IN ('called', 'serving')"
        " ORDER BY called_ms DESC LIMIT ?",
        *(today(store), limit),
    )
    return [ticket_of(row) for row in rows]
