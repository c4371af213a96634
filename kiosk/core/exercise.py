"""When a site tests itself: a daily test that needs nobody (Contact ID 602), a weekly drill that a person answers.

Decision: the clock of a kiosk may be wrong, stand at 1970 or be set in the middle of the day, so what was done last is
placed by monotonic time within one boot and by wall time only between two boots that both knew it. With a clock that
nobody has set, the daily test counts hours of this boot; the weekly drill, which sounds a siren among people, waits
for a clock. A drill is never started by the clock at all: due means that the officer's screen asks for one.
"""

from __future__ import annotations

import datetime
import zlib
from enum import StrEnum

from kiosk.core.clock import Moment, local_time
from kiosk.core.ladder import Tests

DAY_MS = 86_400_000
SETTLED_MS = 600_000  # ten minutes after power-up: a network that is only just coming up must not fail a test
SPREAD_S = 3_600  # all sites at once would be a wave of 84,000 at the central

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Exercise(StrEnum):
    DAILY_TEST = "daily-test"
    WEEKLY_DRILL = "weekly-drill"


def spread_s(device: str) -> int:
    """The seconds by which this device's daily test comes later than the time in its ladder; always the same."""
    return zlib.crc32(device.encode()) % SPREAD_S


def is_due(which: Exercise, tests: Tests, last: Moment | None, now: Moment, utc_offset_h: int, late_s: int = 0) -> bool:
    """Whether the exercise is due at `now`. `last`: when it was last begun (the test) or answered (the drill), by the
    clock of then; None when never. `late_s` moves the time of the daily test, see `spread_s`."""
    if now.mono_ms < SETTLED_MS:
        return False
    if now.synchronised:
        done_ms = _wall_ms(last, now)
        return done_ms is None or done_ms < _slot_ms(which, tests, now.wall_ms, utc_offset_h, late_s)
    if which is Exercise.WEEKLY_DRILL:
        return False
    return last is None or not _same_boot(last, now) or now.mono_ms - last.mono_ms >= DAY_MS


def _same_boot(last: Moment, now: Moment) -> bool:
    return last.boot == now.boot and now.mono_ms >= last.mono_ms


def _wall_ms(last: Moment | None, now: Moment) -> int | None:
    """When `last` was by the clock of now; None when that cannot be known, and the exercise had better be done."""
    if last is None:
        return None
    if _same_boot(last, now):
        return now.wall_ms - (now.mono_ms - last.mono_ms)
    return last.wall_ms if last.synchronised and last.wall_ms <= now.wall_ms else None


def _slot_ms(which: Exercise, tests: Tests, wall_ms: int, utc_offset_h: int, late_s: int) -> int:
    """The latest moment at or before `wall_ms` that the timetable names."""
    local = local_time(wall_ms, utc_offset_h)
    if which is Exercise.DAILY_TEST:
        at, days_back, period = tests.daily_at, 0, datetime.timedelta(days=1)
    else:
        at, late_s, period = tests.weekly_at, 0, datetime.timedelta(days=7)
        days_back = (local.weekday() - _WEEKDAYS.index(tests.weekly_on)) % 7
    slot = local.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
    slot += datetime.timedelta(days=-days_back, seconds=late_s)
    while slot > local:
        slot -= period
    return round(slot.timestamp() * 1000)
