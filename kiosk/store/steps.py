"""One step of a ticket on disk: the table's next state, the times that follow from it, and its journal row.

Only inside `store.write()`, for the actions in `kiosk.store.queue` and `kiosk.store.visits`: a step that the table does
not have changes and journals nothing. A note that an officer writes is never journalled: it may tell of a person.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.desk import Desk
from kiosk.core.errors import BadInput, Conflict
from kiosk.core.event import Lane
from kiosk.core.ticket import Ticket, TicketAction, TicketState, after
from kiosk.store.counters import require_seat
from kiosk.store.database import Store
from kiosk.store.days import note_busy
from kiosk.store.journal import record
from kiosk.store.reading import find
from kiosk.store.waiting_line import since_arrival_s

EVENT_OF = {
    TicketAction.CALL: "ticket.called",
    TicketAction.RECALL: "ticket.recalled",
    TicketAction.START: "ticket.started",
    TicketAction.FINISH: "ticket.served",
    TicketAction.MISS: "ticket.no-show",
    TicketAction.HOLD: "ticket.held",
    TicketAction.TAKE_BACK: "ticket.taken-back",
    TicketAction.TRANSFER: "ticket.transferred",
    TicketAction.BOOK: "ticket.booked",
    TicketAction.ADD_SERVICE: "ticket.service-added",
    TicketAction.GRANT: "ticket.priority-granted",
    TicketAction.REVOKE: "ticket.priority-revoked",
    TicketAction.END: "ticket.ended",
}
_CALLS = (TicketAction.CALL, TicketAction.RECALL)
_WITHOUT_COUNTER = (TicketState.WAITING, TicketState.BOOKED, TicketState.HELD)
REASON_LIMIT = 80


def require_own(ticket: Ticket, desk: Desk) -> None:
    """Raises Conflict for a ticket that stands at another counter."""
    if ticket.counter is not None and ticket.counter != desk.counter:
        raise Conflict(f"Nomor {ticket.number} ada di loket {ticket.counter}, bukan di loket {desk.counter}.")


def reason_of(text: str) -> str:
    """A reason for the journal. Raises BadInput without one: whoever leaves the order says why."""
    plain = " ".join(text.split())
    if not 1 <= len(plain) <= REASON_LIMIT:
        raise BadInput(f"Tuliskan alasan, paling banyak {REASON_LIMIT} huruf.")
    return plain


def step(store: Store, ticket: Ticket, action: TicketAction, desk: Desk, told: Mapping[str, object]) -> Ticket:
    """Raises BadTransition where the table has no such step, NotAllowed for another agency's ticket."""
    require_seat(store, desk.counter, desk.officer)
    desk.require_reach(ticket.service, ticket.number)
    state, at = after(ticket, action), store.now()
    ended = at.wall_ms if state in (TicketState.SERVED, TicketState.NO_SHOW, TicketState.ENDED) else None
    is_call = action in _CALLS
    store.run(
        "UPDATE ticket SET state = ?, counter = ?, calls = calls + ?, ended_ms = ?,"
        " called_ms = CASE WHEN ? THEN ? ELSE called_ms END,"
        " first_called_s = CASE WHEN ? THEN COALESCE(first_called_s, ?) ELSE first_called_s END,"
        " started_ms = CASE WHEN ? THEN NULL WHEN ? THEN ? ELSE started_ms END WHERE id = ?",
        *(state.value, None if state in _WITHOUT_COUNTER else desk.counter, is_call, ended, is_call, at.wall_ms),
        *(is_call, round(since_arrival_s(store, ticket.id, at)) if is_call else None),
        *(action is TicketAction.CALL, action is TicketAction.START, at.wall_ms, ticket.id),
    )
    body = {"id": ticket.id, "number": ticket.number, "state": state.value, "counter": desk.counter}
    if is_call:
        store.run(
            "INSERT INTO called (ticket_id, counter, call, at_ms, boot, mono_ms) VALUES (?, ?, ?, ?, ?, ?)",
            *(ticket.id, desk.counter, ticket.calls + 1, at.wall_ms, at.boot, at.mono_ms),
        )
    record(store, Lane.SERVICE, EVENT_OF[action], {**body, "officer": desk.officer, **told})
    note_busy(store, at)
    return find(store, ticket.id)
