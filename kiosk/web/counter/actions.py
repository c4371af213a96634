"""What an officer does at a counter, safe against a page that is out of date and a finger that presses twice.

Each wish names the ticket that its page showed. All counters' wishes pass one lock, since every officer of a site works
through this one process: what was seen is compared with what is, and the second press finds another picture.
"""

from __future__ import annotations

from kiosk.core.errors import Conflict, NotFound
from kiosk.core.ticket import Ticket, TicketAction
from kiosk.store.queue import act, at_counter, call_next
from kiosk.web.office import office

ANY = "*"
ACTIONS = {
    "recall": TicketAction.RECALL,
    "no-show": TicketAction.MISS,
    "start": TicketAction.START,
    "finish": TicketAction.FINISH,
}
MOST_CALLS = 4  # one call and three recalls; then the person is marked absent and may come back


class OutOfDate(Conflict):
    """The page showed something that is no longer so; nothing was done."""

    code = "out-of-date"


def call_next_at(counter: int, officer: str, seen: str) -> Ticket:
    """Calls whoever is next. Raises Conflict while somebody is still at the counter, NotFound when nobody waits."""
    with office().counter_lock:
        current = _current(counter, seen)
        if current is not None:
            raise Conflict(f"Nomor {current.number} masih di loket {counter}: selesaikan atau tandai tidak hadir dulu.")
        return call_next(office().store, counter, officer)


def act_at(counter: int, officer: str, action: TicketAction, seen: str) -> Ticket:
    """Acts on the ticket at the counter. Raises NotFound when there is none, Conflict when it may not be."""
    with office().counter_lock:
        current = _current(counter, seen)
        if current is None:
            raise NotFound(f"Belum ada nomor di loket {counter}: panggil berikutnya dulu.")
        if action is TicketAction.RECALL and current.calls >= MOST_CALLS:
            raise Conflict(f"Nomor {current.number} sudah dipanggil {current.calls} kali: tandai tidak hadir.")
        return act(office().store, current.id, action, counter, officer)


def _current(counter: int, seen: str) -> Ticket | None:
    current = at_counter(office().store, counter)
    if seen not in (ANY, current.id if current else ""):
        raise OutOfDate("Keadaan sudah berubah sejak halaman ini dibuka; tidak ada yang dilakukan.")
    return current
