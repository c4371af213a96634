"""What the board shows, as values: the newest calls and how many wait."""

from __future__ import annotations

import msgspec

from kiosk.core.clock import iso
from kiosk.core.ticket import TicketState
from kiosk.store.counters import counters
from kiosk.store.hall import waiting_by_service
from kiosk.store.queue import calls
from kiosk.store.tickets import today
from kiosk.web.office import Office

SHOWN_CALLS = 6
SHOWN_COUNTERS = 8  # rows that a screen shows large


class Call(msgspec.Struct, frozen=True):
    """One number at one counter; `calls` counts how often it was called, so that a recall is seen as one."""

    id: str
    number: str
    service: str
    counter: int | None
    called_at: str
    calls: int
    state: str


class Board(msgspec.Struct, frozen=True):
    """The whole board. `at` is the server's time to the second: it is how a silent server is noticed."""

    at: str
    calls: tuple[Call, ...]
    waiting: int
    waiting_by_service: dict[str, int]


class Line(msgspec.Struct, frozen=True):
    """One counter on the board: `state` is calling, serving, open, paused or closed."""

    counter: int
    state: str
    number: str
    reason: str
    newest: bool = False


def counter_lines(office: Office) -> list[Line]:
    """Every counter of the site with what it does, those with a number first where there are many."""
    newest_first = calls(office.store, limit=60)
    at = {one.counter: one for one in reversed(newest_first)}
    newest = newest_first[0].id if newest_first else ""
    held = {one.number: one for one in counters(office.store)}
    lines = []
    for counter in range(1, office.settings.site.counters + 1):
        ticket, desk = at.get(counter), held.get(counter)
        state = desk.state.value if desk is not None else "closed"
        if ticket is not None:
            called = "calling" if ticket.state is TicketState.CALLED else "serving"
            lines.append(Line(counter, called, ticket.number, "", ticket.id == newest))
        else:
            lines.append(Line(counter, state, "", desk.reason if desk is not None else ""))
    if len(lines) <= SHOWN_COUNTERS:
        return lines
    return sorted(lines, key=lambda line: (line.state == "closed", not line.number, line.counter))[:SHOWN_COUNTERS]


def board(office: Office) -> Board:
    """The board now; calls newest first."""
    store, offset = office.store, office.utc_offset_h
    shown = tuple(
        Call(one.id, one.number, one.service, one.counter, iso(one.called_ms or 0, offset), one.calls, one.state.value)
        for one in calls(store, SHOWN_CALLS)
    )
    waiting = waiting_by_service(store, today(store))
    return Board(iso(store.now().wall_ms, offset), shown, sum(waiting.values()), waiting)
