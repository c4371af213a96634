"""What the board shows, as values: the newest calls and how many wait."""

from __future__ import annotations

import msgspec

from kiosk.core.clock import iso
from kiosk.store.hall import waiting_by_service
from kiosk.store.queue import calls
from kiosk.store.tickets import today
from kiosk.web.office import Office

SHOWN_CALLS = 6


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


def board(office: Office) -> Board:
    """The board now; calls newest first."""
    store, offset = office.store, office.utc_offset_h
    shown = tuple(
        Call(one.id, one.number, one.service, one.counter, iso(one.called_ms or 0, offset), one.calls, one.state.value)
        for one in calls(store, SHOWN_CALLS)
    )
    waiting = waiting_by_service(store, today(store))
    return Board(iso(store.now().wall_ms, offset), shown, sum(waiting.values()), waiting)
