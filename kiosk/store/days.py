"""Business days on disk: opened by the first number, closed by an officer or by the day that follows.

Which day it is decides `kiosk.core.business_day`. Closing brings every open ticket to an end, or carries it over to the
next day, as the site's settings say; a carried number keeps its place before all of the new day and is not drawn again
while it is open. Both happen in the transaction of whoever opened or closed the day, so no ticket falls between two.
"""

from __future__ import annotations

import msgspec

from kiosk.core.business_day import HeldDay, business_day, day_after
from kiosk.core.clock import Moment, local_time
from kiosk.core.errors import Conflict
from kiosk.core.event import Lane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import OPEN_STATES, TICKET_STEPS, TicketAction, TicketState, number
from kiosk.store.database import Store
from kiosk.store.day_marks import mark_day
from kiosk.store.journal import record, record_all
from kiosk.store.print_jobs import forget_paper

BY_ITSELF = "otomatis"  # who closed a day that nobody closed
_BEFORE_TODAY = 1_000_000  # arrivals of one day stay far below
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)


class DayClosed(Conflict):
    """The office is closed for today; no number was drawn."""

    code = "day-closed"


class Closed(msgspec.Struct, frozen=True):
    """How a day ended."""

    day: str
    ended: int
    carried: int


def today(store: Store) -> str | None:
    """The newest business day, open or closed; None before the first ticket ever."""
    row = store.one("SELECT MAX(day) FROM business_day")
    return row[0] if row else None


def is_closed(store: Store) -> bool:
    """Whether the newest day was closed, whatever the date is now."""
    held = _held(store)
    return held is not None and held.closed_on is not None


def _held(store: Store) -> HeldDay | None:
    row = store.one(
        "SELECT day, closed_on, boot, mono_ms, CASE boot WHEN opened_boot THEN opened_mono_ms END FROM business_day"
        " ORDER BY day DESC LIMIT 1"
    )
    return HeldDay(*row) if row else None


def open_day(store: Store, utc_offset_h: int, settings: QueueSettings = QueueSettings()) -> str:
    """The business day now, opened when it is another than the last; only inside `store.write()`.

    Raises DayClosed after closing time.
    """
    at, held = store.now(), _held(store)
    day = business_day(held, local_time(at.wall_ms, utc_offset_h).date(), at)
    if day is None:
        raise DayClosed("Antrean hari ini sudah ditutup. Silakan datang pada hari kerja berikutnya.")
    if held is None or day != held.day:
        _begin(store, held, day, at, settings)
    return day


def _begin(store: Store, held: HeldDay | None, day: str, at: Moment, settings: QueueSettings) -> None:
    carried = 0
    if held is not None:
        if held.closed_on is None:
            _end(store, held.day, day, settings, BY_ITSELF, "hari berganti")
        carried = store.run(
            f"UPDATE ticket SET queue_day = ?, arrived = arrived - ? WHERE queue_day = ? AND state IN ({_OPEN})",
            *(day, _BEFORE_TODAY, held.day),
        )
    store.run(
        "INSERT INTO business_day (day, opened_ms, opened_boot, opened_mono_ms, boot, mono_ms, carried_in)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(day, at.wall_ms, at.boot, at.mono_ms, at.boot, at.mono_ms, carried),
    )
    store.run("DELETE FROM turns")
    mark_day(store, day)
    record(store, Lane.SERVICE, "day.opened", {"day": day})
    forget_paper(store)


def close_day(store: Store, utc_offset_h: int, settings: QueueSettings, officer: str, reason: str) -> Closed:
    """Ends the day: no number is drawn until the date changes or somebody reopens it. Returns after it is on disk."""
    with store.write():
        held = _held(store)
        if held is None or held.closed_on is not None:
            raise Conflict("Hari ini belum dibuka atau sudah ditutup; tidak ada yang dilakukan.")
        date = local_time(store.now().wall_ms, utc_offset_h).date()
        return _end(store, held.day, date.isoformat(), settings, officer, reason)


def reopen_day(store: Store, officer: str, reason: str) -> str:
    """Lets numbers be drawn again after a day was closed too early. What was ended stays ended."""
    with store.write():
        held = _held(store)
        if held is None or held.closed_on is None:
            raise Conflict("Hari ini tidak sedang ditutup; tidak ada yang dilakukan.")
        store.run("UPDATE business_day SET closed_on = NULL, closed_ms = NULL WHERE day = ?", held.day)
        record(store, Lane.SERVICE, "day.reopened", {"day": held.day, "officer": officer, "reason": reason})
        return held.day


def begin_day(store: Store, utc_offset_h: int, settings: QueueSettings, officer: str, reason: str) -> str:
    """Opens the next day by hand, where the clock stood still; the one before it is closed first."""
    with store.write():
        at, held = store.now(), _held(store)
        date = local_time(at.wall_ms, utc_offset_h).date()
        day = day_after(held.day, date) if held is not None else date.isoformat()
        _begin(store, held, day, at, settings)
        record(store, Lane.SERVICE, "day.opened-by-hand", {"day": day, "officer": officer, "reason": reason})
        return day


def _end(store: Store, day: str, closed_on: str, settings: QueueSettings, officer: str, reason: str) -> Closed:
    action = TicketAction.CARRY if settings.at_close == "carry" else TicketAction.END
    at, told = store.now(), list[tuple[str, dict[str, object]]]()
    kind = "ticket.carried-over" if action is TicketAction.CARRY else "ticket.ended"
    rows = store.all(
        f"SELECT id, series, ordinal, state FROM ticket WHERE queue_day = ? AND state IN ({_OPEN}) ORDER BY arrived",
        day,
    )
    for ticket_id, series, ordinal, state in rows:
        then = TICKET_STEPS[TicketState(state), action]
        ended_ms = at.wall_ms if then is TicketState.ENDED else None
        store.run(
            "UPDATE ticket SET state = ?, counter = NULL, ended_ms = ? WHERE id = ?", then.value, ended_ms, ticket_id
        )
        body = {"id": ticket_id, "number": number(series, ordinal), "state": then.value}
        told.append((kind, {**body, "officer": officer, "reason": reason}))
    carried = len(rows) if action is TicketAction.CARRY else 0
    store.run(f"UPDATE ticket SET note = '' WHERE queue_day = ? AND note <> '' AND state NOT IN ({_OPEN})", day)
    store.run(
        "UPDATE business_day SET closed_on = ?, closed_ms = ?, carried_out = ? WHERE day = ?",
        *(closed_on, at.wall_ms, carried, day),
    )
    closed = Closed(day, len(rows) - carried, carried)
    told.append(("day.closed", {**msgspec.structs.asdict(closed), "officer": officer, "reason": reason}))
    record_all(store, Lane.SERVICE, told)
    return closed


def note_busy(store: Store, at: Moment) -> None:
    """The hall is in use now; only inside `store.write()`."""
    store.run(
        "UPDATE business_day SET boot = ?, mono_ms = ? WHERE day = (SELECT MAX(day) FROM business_day)",
        *(at.boot, at.mono_ms),
    )
