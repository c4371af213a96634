"""What becomes of a visit: its end, a transfer, an appointment, priority, a further service under the same number.

Each is one transaction that re-reads the ticket and leaves its journal row with officer and reason.
"""

from __future__ import annotations

from kiosk.core.desk import Desk
from kiosk.core.errors import BadInput, Conflict
from kiosk.core.ticket import Ticket, TicketAction
from kiosk.store.database import Store
from kiosk.store.reading import find
from kiosk.store.steps import reason_of, require_own, step

RESULTS = ("selesai", "berkas-kurang", "dirujuk", "dibatalkan-warga")
_NOTE_LIMIT = 200


def finish(store: Store, ticket_id: str, desk: Desk, result: str = RESULTS[0]) -> Ticket:
    """Ends a visit with one of RESULTS."""
    if result not in RESULTS:
        raise BadInput(f"Hasil pelayanan harus salah satu dari {', '.join(RESULTS)}.")
    with store.write():
        ticket = find(store, ticket_id)
        require_own(ticket, desk)
        done = step(store, ticket, TicketAction.FINISH, desk, {"result": result})
        store.run("UPDATE ticket SET result = ?, note = '' WHERE id = ?", result, ticket_id)
        return done


def transfer(
    store: Store, ticket_id: str, desk: Desk, service: str | None, counter: int | None, note: str, reason: str
) -> Ticket:
    """Sends somebody on, to a service, to one counter or both; the place in the queue stays that of first arrival."""
    if service is None and counter is None:
        raise BadInput("Pilih layanan atau loket tujuan.")
    if counter == desk.counter:
        raise BadInput(f"Nomor ini sudah di loket {counter}: pilih loket lain.")
    if len(note) > _NOTE_LIMIT:
        raise BadInput(f"Catatan paling banyak {_NOTE_LIMIT} huruf.")
    with store.write():
        ticket = find(store, ticket_id)
        require_own(ticket, desk)
        told = {"service": service or ticket.service, "to_counter": counter, "note": bool(note)}
        moved = step(store, ticket, TicketAction.TRANSFER, desk, {**told, "reason": reason_of(reason)})
        store.run(
            "UPDATE ticket SET service = ?, for_counter = ?, note = ? WHERE id = ?",
            *(service or ticket.service, counter, note, ticket_id),
        )
        return find(store, moved.id)


def book(store: Store, ticket_id: str, desk: Desk, due_ms: int, reason: str) -> Ticket:
    """Makes an appointment of a ticket: it enters the queue at its time, behind whoever waits then."""
    with store.write():
        booked = step(
            store, find(store, ticket_id), TicketAction.BOOK, desk, {"due_ms": due_ms, "reason": reason_of(reason)}
        )
        store.run("UPDATE ticket SET due_ms = ? WHERE id = ?", due_ms, booked.id)
        return find(store, booked.id)


def set_priority(store: Store, ticket_id: str, desk: Desk, priority: str, reason: str) -> Ticket:
    """Grants what staff have verified (`priority` is a catalogue's id), or revokes it with an empty one."""
    action = TicketAction.GRANT if priority else TicketAction.REVOKE
    with store.write():
        ticket = find(store, ticket_id)
        if priority == ticket.priority:
            raise Conflict(f"Nomor {ticket.number} sudah demikian; tidak ada yang diubah.")
        changed = step(store, ticket, action, desk, {"priority": priority, "reason": reason_of(reason)})
        store.run("UPDATE ticket SET priority = ? WHERE id = ?", priority, ticket_id)
        return find(store, changed.id)


def add_service(store: Store, ticket_id: str, desk: Desk, service: str) -> Ticket:
    """Another service in the same visit, under the same number, at the same counter."""
    with store.write():
        ticket = find(store, ticket_id)
        require_own(ticket, desk)
        desk.require_reach(service, ticket.number)
        done = step(store, ticket, TicketAction.ADD_SERVICE, desk, {"service": service})
        store.run(
            "INSERT INTO visit_service (ticket_id, position, service, counter, officer) VALUES"
            " (?, (SELECT COUNT(*) FROM visit_service WHERE ticket_id = ?), ?, ?, ?)",
            *(ticket_id, ticket_id, service, desk.counter, desk.officer),
        )
        return done


def end(store: Store, ticket_id: str, desk: Desk, reason: str) -> Ticket:
    """Takes a number out of the queue for good: somebody went home."""
    with store.write():
        return step(store, find(store, ticket_id), TicketAction.END, desk, {"reason": reason_of(reason)})
