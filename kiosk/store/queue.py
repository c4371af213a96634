"""Calling: who comes to a counter next, out of turn or again, and what the caller sees of it.

Each action is one transaction that re-reads the ticket and leaves its journal row. Two officers who press at once, in
two processes even, are put in a row by SQLite's write lock and get two different numbers or one clear refusal. Who is
next decides `kiosk.core.queue_rule`, what may follow what the table in `kiosk.core.ticket`.
"""

from __future__ import annotations

from kiosk.core.desk import CounterState, Desk
from kiosk.core.errors import Conflict, NotFound
from kiosk.core.queue_rule import Choice
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import Ticket, TicketAction
from kiosk.store.counters import counter_at
from kiosk.store.database import Store
from kiosk.store.days import today
from kiosk.store.reading import COLUMNS, find, ticket_of
from kiosk.store.steps import reason_of, require_own, step
from kiosk.store.waiting_line import enter_due, keep_turns, next_at


def call_next(store: Store, desk: Desk, settings: QueueSettings = QueueSettings()) -> tuple[Ticket, Choice]:
    """Calls whoever is next at a counter, and why. Raises NotFound when nobody waits, Conflict when the counter is
    paused or still has somebody."""
    with store.write():
        _require_free(store, desk)
        enter_due(store)
        choice = next_at(store, desk, settings)
        if choice is None:
            raise NotFound("Tidak ada yang menunggu.")
        keep_turns(store, desk.pool, choice.turns)
        told = {"reason": choice.reason.value, "because": choice.words}
        return step(store, find(store, choice.id), TicketAction.CALL, desk, told), choice


def call_number(store: Store, desk: Desk, ticket_id: str, reason: str) -> Ticket:
    """Calls one number out of turn: whoever waits, is held, was missed or came early. The turns stay as they are."""
    with store.write():
        _require_free(store, desk)
        return step(store, find(store, ticket_id), TicketAction.CALL, desk, {"reason": reason_of(reason)})


def act(
    store: Store, ticket_id: str, action: TicketAction, desk: Desk, settings: QueueSettings = QueueSettings()
) -> Ticket:
    """RECALL, START, MISS, HOLD or TAKE_BACK. Raises BadTransition when the ticket has moved on meanwhile, Conflict
    when it was recalled often enough or stands at another counter."""
    with store.write():
        ticket = find(store, ticket_id)
        require_own(ticket, desk)
        if action is TicketAction.RECALL and ticket.calls > settings.recalls:
            raise Conflict(f"Nomor {ticket.number} sudah dipanggil {ticket.calls} kali: tandai tidak hadir.")
        return step(store, ticket, action, desk, {})


def _require_free(store: Store, desk: Desk) -> None:
    held = counter_at(store, desk.counter)
    if held.state is CounterState.PAUSED:
        raise Conflict(f"Loket {desk.counter} sedang istirahat: buka lagi dulu.")
    current = at_counter(store, desk.counter)
    if current is not None:
        raise Conflict(
            f"Nomor {current.number} masih di loket {desk.counter}: selesaikan atau tandai tidak hadir dulu."
        )


def at_counter(store: Store, counter: int) -> Ticket | None:
    """The ticket that is called to or served at a counter now."""
    row = store.one(
        f"SELECT {COLUMNS} FROM ticket WHERE queue_day = ? AND state IN ('called', 'serving') AND counter = ?"
        " ORDER BY called_ms DESC LIMIT 1",
        *(today(store), counter),
    )
    return ticket_of(row) if row else None


def calls(store: Store, limit: int = 6) -> list[Ticket]:
    """The newest calls of the day for the board, newest first, as long as they are called or served."""
    rows = store.all(
        f"SELECT {COLUMNS} FROM ticket WHERE queue_day = ? AND state IN ('called', 'serving')"
        " ORDER BY called_ms DESC, id DESC LIMIT ?",
        *(today(store), limit),
    )
    return [ticket_of(row) for row in rows]
