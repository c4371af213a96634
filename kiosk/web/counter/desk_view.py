"""What an officer's console shows, as values: who is here, what may be done, who is next and why, who is put aside."""

from __future__ import annotations

import msgspec

from kiosk.catalogue.values import Catalogue, Service
from kiosk.core.clock import local_time
from kiosk.core.desk import CounterState
from kiosk.core.ticket import TICKET_STEPS, Ticket, TicketAction, TicketState
from kiosk.store.counters import Counter, counter_at
from kiosk.store.hall import tickets_by_state
from kiosk.store.queue import at_counter
from kiosk.store.tickets import find, of_day, recent_visit_minutes, today
from kiosk.store.waiting_line import coming_at, line_at, waiting_at
from kiosk.web.office import Office

SHOWN_COMING = 30
SHOWN_ASIDE = 20
_ASIDE = (TicketState.HELD, TicketState.BOOKED, TicketState.NO_SHOW)
_KEYS = {
    "recall": TicketAction.RECALL,
    "start": TicketAction.START,
    "no-show": TicketAction.MISS,
    "hold": TicketAction.HOLD,
    "transfer": TicketAction.TRANSFER,
    "add-service": TicketAction.ADD_SERVICE,
    "finish": TicketAction.FINISH,
}


class Row(msgspec.Struct, frozen=True):
    """One number of the list: `why` says in words why it comes when it comes, or why it is put aside."""

    ticket: Ticket
    service: Service
    priority: str
    minutes: int
    why: str


class DeskView(msgspec.Struct, frozen=True):
    """The console of one counter. `possible` names the wishes whose keys are live."""

    counter: Counter
    current: Ticket | None
    service: Service | None
    priority: str
    called_at: str
    also: tuple[str, ...]
    possible: frozenset[str]
    calls_left: int
    coming: tuple[Row, ...]
    waiting: int
    aside: tuple[Row, ...]
    served: int
    missed: int
    average_min: float | None


def desk_view(here: Office, counter: int, officer: str) -> DeskView:
    store, settings = here.store, here.settings.queue
    desk, day = here.desk(counter, officer), today(store)
    current, held = at_counter(store, counter), counter_at(store, counter)
    waited = {one.id: one.waited_s for one in line_at(store, desk, settings)}
    coming = tuple(
        _row(here.catalogue, find(store, choice.id), waited[choice.id], choice.words)
        for choice in coming_at(store, desk, settings, SHOWN_COMING)
        if choice.id in waited  # read one after the other: somebody may have come back meanwhile
    )
    counted = tickets_by_state(store, day)
    minutes = recent_visit_minutes(store, day, limit=200) if day else []
    calls_left = settings.recalls + 1 - current.calls if current else 0
    return DeskView(
        counter=held,
        current=current,
        service=here.catalogue.service(current.service) if current else None,
        priority=priority_name(here.catalogue, current.priority) if current else "",
        called_at=_clock(here, current.called_ms) if current and current.called_ms else "",
        also=_further_services(here, current.id) if current else (),
        possible=_possible(current, held, bool(coming), calls_left),
        calls_left=calls_left,
        coming=coming,
        waiting=max(waiting_at(store, desk), len(coming)),
        aside=tuple(_aside(here, desk.reachable)) if day else (),
        served=counted.get(TicketState.SERVED, 0),
        missed=counted.get(TicketState.NO_SHOW, 0),
        average_min=sum(minutes) / len(minutes) if minutes else None,
    )


def priority_name(catalogue: Catalogue, id_: str) -> str:
    return next((one.name.id for one in catalogue.priorities if one.id == id_), id_)


def _possible(current: Ticket | None, held: Counter, somebody: bool, calls_left: int) -> frozenset[str]:
    if current is None:
        return frozenset({"next"} if somebody and held.state is not CounterState.PAUSED else ())
    found = {wish for wish, action in _KEYS.items() if (current.state, action) in TICKET_STEPS}
    return frozenset(found - ({"recall"} if calls_left <= 0 else set()))


def _further_services(here: Office, ticket_id: str) -> tuple[str, ...]:
    rows = here.store.all("SELECT service FROM visit_service WHERE ticket_id = ? ORDER BY position", ticket_id)
    return tuple(here.catalogue.service(service).name.id for (service,) in rows)


def _row(catalogue: Catalogue, ticket: Ticket, waited_s: float, why: str) -> Row:
    name = priority_name(catalogue, ticket.priority) if ticket.priority else ""
    return Row(ticket, catalogue.service(ticket.service), name, int(waited_s // 60), why)


def _aside(here: Office, reachable: frozenset[str]) -> list[Row]:
    store, now_ms, found = here.store, here.store.now().wall_ms, list[Row]()
    for state in _ASIDE:
        for ticket in of_day(store, today(store) or "", state):
            if ticket.service in reachable:
                due = f"janji {_clock(here, ticket.due_ms)}" if ticket.due_ms is not None else "janji temu"
                why = {TicketState.HELD: "ditunda", TicketState.NO_SHOW: "tidak hadir"}.get(state, due)
                found.append(_row(here.catalogue, ticket, max(0, now_ms - ticket.issued_ms) / 1000, why))
    return found[:SHOWN_ASIDE]


def _clock(here: Office, wall_ms: int) -> str:
    return f"{local_time(wall_ms, here.utc_offset_h):%H.%M}"
