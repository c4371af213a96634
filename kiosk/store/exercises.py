"""When the site last tested itself; `kiosk.core.exercise` says what is due.

The daily test is an event of the alarm's own lane, so it travels the whole way of an alert (journal, signature, broker,
the central's commit) and its proof is the lane's cursor; it is no alert, and nobody's console rings.
"""

from __future__ import annotations

from kiosk.core.clock import Moment
from kiosk.core.contact_id import PERIODIC_TEST
from kiosk.core.event import Event, Lane
from kiosk.core.exercise import Exercise
from kiosk.store.database import Store
from kiosk.store.journal import record


def last_done(store: Store, which: Exercise) -> Moment | None:
    """The moment at which it was last begun (the test) or answered (the drill), as the clock was then."""
    row = store.one("SELECT wall_ms, synchronised, boot, mono_ms FROM exercise WHERE name = ?", which.value)
    return Moment(row[0], bool(row[1]), row[2], row[3]) if row else None


def begin_daily_test(store: Store) -> Event:
    """Commits the daily test's event with the mark that it was begun; the event's number is what E4 is awaited for."""
    with store.write():
        mark_within(store, Exercise.DAILY_TEST)
        return record(store, Lane.ALARM, "alarm.test", {"contact_id": PERIODIC_TEST})


def mark_within(store: Store, which: Exercise) -> None:
    """Marks it as done now, inside a transaction that the caller holds."""
    at = store.now()
    store.run(
        "INSERT INTO exercise (name, wall_ms, synchronised, boot, mono_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET wall_ms = excluded.wall_ms, synchronised = excluded.synchronised,"
        " boot = excluded.boot, mono_ms = excluded.mono_ms",
        *(which.value, at.wall_ms, at.synchronised, at.boot, at.mono_ms),
    )
