"""What an officer does at a counter, safe against a page that is out of date and a finger that presses twice.

One table of wishes for the console and for programs. Each wish names the ticket that its page showed. All counters'
wishes pass one lock, since every officer of a site works through this one process: what was seen is compared with what
is, and the second press finds another picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kiosk.core.desk import Desk
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.ticket import Ticket, TicketAction
from kiosk.store import queue, visits
from kiosk.store.counters import pause_counter, require_seat, resume_counter
from kiosk.store.reading import find
from kiosk.web.counter.wishes import ANY, Asked, today_at
from kiosk.web.issuing import issue_ticket
from kiosk.web.office import Office, office


class OutOfDate(Conflict):
    """The page showed something that is no longer so; nothing was done."""

    code = "out-of-date"


def do(wish: str, counter: int, officer: str, asked: Asked) -> Ticket | None:
    """Does one of WISHES; the ticket it was about, None for a wish about the counter itself.

    Raises OutOfDate, Conflict, NotFound, NotAllowed or BadInput, and then has done nothing.
    """
    here = office()
    desk = here.desk(counter, officer)
    with here.counter_lock:
        current = queue.at_counter(here.store, counter)
        if asked.ticket not in (ANY, current.id if current else ""):
            raise OutOfDate("Keadaan sudah berubah sejak halaman ini dibuka; tidak ada yang dilakukan.")
        return WISHES[wish](here, desk, asked, current)


def _next(here: Office, desk: Desk, _asked: Asked, _current: Ticket | None) -> Ticket:
    return queue.call_next(here.store, desk, here.settings.queue)[0]


def _call(here: Office, desk: Desk, asked: Asked, _current: Ticket | None) -> Ticket:
    return queue.call_number(here.store, desk, asked.target, asked.reason)


def _step(action: TicketAction, here: Office, desk: Desk, _asked: Asked, current: Ticket | None) -> Ticket:
    return queue.act(here.store, _at(desk, current).id, action, desk, here.settings.queue)


def _take_back(here: Office, desk: Desk, asked: Asked, current: Ticket | None) -> Ticket:
    ticket_id = asked.target or _at(desk, current).id
    return queue.act(here.store, ticket_id, TicketAction.TAKE_BACK, desk, here.settings.queue)


def _finish(here: Office, desk: Desk, asked: Asked, current: Ticket | None) -> Ticket:
    return visits.finish(here.store, _at(desk, current).id, desk, asked.result)


def _transfer(here: Office, desk: Desk, asked: Asked, current: Ticket | None) -> Ticket:
    ticket = find(here.store, asked.target) if asked.target else _at(desk, current)
    service = here.catalogue.service(asked.service or ticket.service).id
    if asked.counter is not None:
        if asked.counter > here.settings.site.counters:
            raise BadInput(f"Loket {asked.counter} tidak ada di sini.")
        here.desk(asked.counter, "").require_reach(service, ticket.number)
    wanted = service if asked.service else None
    return visits.transfer(here.store, ticket.id, desk, wanted, asked.counter, asked.note, asked.reason)


def _add_service(here: Office, desk: Desk, asked: Asked, current: Ticket | None) -> Ticket:
    here.catalogue.service(asked.service)
    return visits.add_service(here.store, _at(desk, current).id, desk, asked.service)


def _priority(here: Office, desk: Desk, asked: Asked, _current: Ticket | None) -> Ticket:
    known = [one.id for one in here.catalogue.priorities]
    if asked.priority and asked.priority not in known:
        raise BadInput(f"Prioritas harus salah satu dari {', '.join(known)}.")
    return visits.set_priority(here.store, asked.target, desk, asked.priority, asked.reason)


def _book(here: Office, desk: Desk, asked: Asked, _current: Ticket | None) -> Ticket:
    now_ms = here.store.now().wall_ms
    due_ms = today_at(asked.at, now_ms, here.utc_offset_h)
    if due_ms <= now_ms:
        raise BadInput("Jam janji temu itu sudah lewat.")
    if asked.target:
        return visits.book(here.store, asked.target, desk, due_ms, asked.reason)
    desk.require_reach(here.catalogue.service(asked.service).id, "baru")
    if not asked.reason:
        raise BadInput("Tuliskan alasan, paling banyak 80 huruf.")
    require_seat(here.store, desk.counter, desk.officer)
    issued, _ = issue_ticket(here, asked.service, None)
    return visits.book(here.store, issued.ticket.id, desk, due_ms, asked.reason)


def _end(here: Office, desk: Desk, asked: Asked, _current: Ticket | None) -> Ticket:
    return visits.end(here.store, asked.target, desk, asked.reason)


def _pause(here: Office, desk: Desk, asked: Asked, _current: Ticket | None) -> None:
    pause_counter(here.store, desk.counter, desk.officer, asked.reason)


def _resume(here: Office, desk: Desk, _asked: Asked, _current: Ticket | None) -> None:
    resume_counter(here.store, desk.counter, desk.officer)


def _at(desk: Desk, current: Ticket | None) -> Ticket:
    if current is None:
        raise NotFound(f"Belum ada nomor di loket {desk.counter}: panggil berikutnya dulu.")
    return current


WISHES: dict[str, Callable[[Office, Desk, Asked, Ticket | None], Ticket | None]] = {
    "next": _next,
    "call": _call,
    "recall": partial(_step, TicketAction.RECALL),
    "start": partial(_step, TicketAction.START),
    "no-show": partial(_step, TicketAction.MISS),
    "hold": partial(_step, TicketAction.HOLD),
    "take-back": _take_back,
    "finish": _finish,
    "transfer": _transfer,
    "add-service": _add_service,
    "priority": _priority,
    "book": _book,
    "end": _end,
    "pause": _pause,
    "resume": _resume,
}
