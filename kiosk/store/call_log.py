"""Every call in the order in which it was made: what screens show and speak, none left out. Reads only."""

from __future__ import annotations

import msgspec

from kiosk.core.ticket import number
from kiosk.store.database import Store

TOLD_MOST = 50  # how many calls a screen that was away catches up on


class Told(msgspec.Struct, frozen=True):
    """One call. `id` only grows; `call` counts how often this number was called; `past`: it went on meanwhile."""

    id: int
    number: str
    counter: int
    call: int
    past: bool


def newest_call_id(store: Store) -> int:
    """0 before the first call ever."""
    row = store.one("SELECT COALESCE(MAX(id), 0) FROM called")
    return int(row[0]) if row else 0


def newest_calls(store: Store, most: int = TOLD_MOST) -> list[Told]:
    """The last calls, oldest first."""
    rows = store.all(
        "SELECT called.id, series, ordinal, called.counter, call, state, ticket.counter, calls FROM called"
        " JOIN ticket ON ticket.id = ticket_id ORDER BY called.id DESC LIMIT ?",
        most,
    )
    return [
        Told(id_, number(series, ordinal), counter, call, (state, held, calls) != ("called", counter, call))
        for id_, series, ordinal, counter, call, state, held, calls in reversed(rows)
    ]


def called_as(store: Store, call_id: int) -> tuple[str, int] | None:
    """Number and counter of a call."""
    row = store.one(
        "SELECT series, ordinal, called.counter FROM called JOIN ticket ON ticket.id = ticket_id WHERE called.id = ?",
        call_id,
    )
    return (number(row[0], row[1]), row[2]) if row else None
