"""Which business day it is, by a clock that may be wrong: the day only ever advances, and no leap of a clock ends one.

A Pi has no clock of its own. Three things go wrong with one, and each has an answer here:

- It goes back: the day stays, so no number is given twice.
- It leaps ahead in the middle of a morning: the day stays as long as the hall is busy, told by the monotonic clock of
  this boot, though no longer than a day can be. Else everybody who waits would lose their number to a bad time server.
- It was ahead when the day was closed and is right again now: any other date than that at closing opens the next day,
  which is then named one later than the last, because names must advance.

Where the date cannot be known at all (an unsynchronised clock that stood still overnight) a person opens the day.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from kiosk.core.clock import Moment

QUIET_MS = 2 * 3600 * 1000  # no hall that is open is without a single number or call for two hours
LONGEST_MS = 18 * 3600 * 1000  # an office that never closes has a new day all the same


class HeldDay(msgspec.Struct, frozen=True):
    """The newest day. `closed_on` is the local date that the clock showed at closing, None while it is open; `boot` and
    `mono_ms` are of the last thing done in it, `opened_mono_ms` of its opening (None: in another boot)."""

    day: str
    closed_on: str | None = None
    boot: str = ""
    mono_ms: int = 0
    opened_mono_ms: int | None = None


def business_day(held: HeldDay | None, local_date: date, now: Moment | None = None) -> str | None:
    """The day that numbers are drawn for now; None: the day is closed, and it is still the same date.

    Another day than the held one is to be opened. `now` is left out where no hall can be busy.
    """
    today = local_date.isoformat()
    if held is None:
        return today
    if held.closed_on is not None:
        return None if today == held.closed_on else day_after(held.day, local_date)
    if today <= held.day or (now is not None and _is_busy(held, now)):
        return held.day
    return today


def day_after(held: str, local_date: date) -> str:
    """The name of the day after `held`: the date, unless that is no later."""
    return max(local_date, date.fromisoformat(held) + timedelta(days=1)).isoformat()


def _is_busy(held: HeldDay, now: Moment) -> bool:
    if held.boot != now.boot or now.mono_ms - held.mono_ms >= QUIET_MS:
        return False
    return held.opened_mono_ms is None or now.mono_ms - held.opened_mono_ms < LONGEST_MS
