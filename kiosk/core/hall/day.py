"""Which business day a satellite draws for: the hub's while they speak, its own clock's while the line is cut.

The days of both only advance, so a satellite that went ahead by a wrong clock stays there until the hub has come as
far; its numbers are then its own series' (`kiosk.core.hall.series`), which nobody else draws.
"""

from __future__ import annotations

from datetime import date

import msgspec

from kiosk.core.business_day import HeldDay, business_day
from kiosk.core.clock import Moment


class ToldDay(msgspec.Struct, frozen=True):
    """What the hub said last: the day that it would draw for now, None while it is closed."""

    day: str | None


def satellite_day(held: HeldDay | None, told: ToldDay | None, local_date: date, now: Moment) -> str | None:
    """The day to draw for; None: closed. `told` is None while the line is cut."""
    if told is None:
        return business_day(held, local_date, now)
    if told.day is None:
        return None
    return told.day if held is None else max(told.day, held.day)
