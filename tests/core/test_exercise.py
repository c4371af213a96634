"""The site tests itself once a day and asks for a drill once a week, whatever its clock believes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.clock import Moment
from kiosk.core.exercise import DAY_MS, SETTLED_MS, SPREAD_S, Exercise, is_due, spread_s
from tests.core.ladders import LADDER

TESTS = LADDER.tests  # daily at 09.30, a drill on Saturdays at 10.00
DAILY, WEEKLY = Exercise.DAILY_TEST, Exercise.WEEKLY_DRILL
WIB = 7
HOUR_MS = 3_600_000


def moment(local: str, boot: str = "boot-1", up_h: float = 1.0, synchronised: bool = True) -> Moment:
    """A local time in WIB such as "2026-11-28 10:00" (a Saturday)."""
    wall = datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(hours=WIB)
    return Moment(round(wall.timestamp() * 1000), synchronised, boot, round(up_h * HOUR_MS))


def due(which: Exercise, last: Moment | None, now: Moment, late_s: int = 0) -> bool:
    return is_due(which, TESTS, last, now, WIB, late_s)


def test_the_daily_test_is_due_once_after_its_time() -> None:
    yesterday = moment("2026-11-27 09:30", "boot-0")
    assert not due(DAILY, yesterday, moment("2026-11-28 09:29"))
    assert due(DAILY, yesterday, moment("2026-11-28 09:30"))
    assert due(DAILY, yesterday, moment("2026-11-28 23:00"))
    assert not due(DAILY, moment("2026-11-28 09:31", "boot-0"), moment("2026-11-28 23:00"))


def test_the_drill_is_due_from_its_hour_until_it_is_answered() -> None:
    last_week = moment("2026-11-21 10:20", "boot-0")
    assert not due(WEEKLY, last_week, moment("2026-11-28 09:59"))
    assert due(WEEKLY, last_week, moment("2026-11-28 10:00"))
    assert due(WEEKLY, last_week, moment("2026-12-01 15:00"))
    assert not due(WEEKLY, moment("2026-12-01 15:10", "boot-0"), moment("2026-12-05 09:59"))
    assert due(WEEKLY, moment("2026-12-01 15:10", "boot-0"), moment("2026-12-05 10:00"))


def test_a_site_that_never_tested_does_so_once_it_has_settled() -> None:
    assert not due(DAILY, None, moment("2026-11-28 12:00", up_h=0.1))
    assert due(DAILY, None, moment("2026-11-28 12:00", up_h=0.2))
    assert due(WEEKLY, None, moment("2026-11-28 12:00"))


def test_in_1970_the_daily_test_counts_the_hours_of_this_boot_and_no_drill_is_asked_for() -> None:
    in_1970 = moment("1970-01-01 08:00", "boot-2", up_h=1, synchronised=False)
    assert due(DAILY, moment("2026-11-28 09:31"), in_1970)
    done = moment("1970-01-01 08:00", "boot-2", up_h=1, synchronised=False)
    assert not due(DAILY, done, moment("1970-01-02 07:59", "boot-2", up_h=24.9, synchronised=False))
    assert due(DAILY, done, moment("1970-01-02 08:00", "boot-2", up_h=25, synchronised=False))
    assert not due(WEEKLY, None, moment("1970-02-01 08:00", "boot-2", up_h=700, synchronised=False))


def test_a_clock_that_is_set_in_the_middle_of_the_day_does_not_repeat_a_test() -> None:
    done = moment("1970-01-01 08:00", "boot-2", up_h=1, synchronised=False)
    assert not due(DAILY, done, moment("2026-11-28 14:00", "boot-2", up_h=1.5))
    assert due(DAILY, done, moment("2026-11-29 09:30", "boot-2", up_h=21))


def test_a_test_done_in_a_false_future_does_not_silence_the_next_ones() -> None:
    assert due(DAILY, moment("2099-01-01 09:30", "boot-0"), moment("2026-11-28 09:00"))
    assert due(WEEKLY, moment("2099-01-01 09:30", "boot-0"), moment("2026-11-28 09:00"))


def test_a_test_of_an_earlier_boot_without_a_clock_is_done_again() -> None:
    assert due(DAILY, moment("1970-01-01 08:00", "boot-1", synchronised=False), moment("2026-11-28 12:00", "boot-2"))


def test_each_site_has_a_minute_of_its_own_and_they_are_spread_over_an_hour() -> None:
    lates = [spread_s(f"31.74.05.{number}-k1") for number in range(1001, 2001)]
    assert lates == [spread_s(f"31.74.05.{number}-k1") for number in range(1001, 2001)]
    assert 0 <= min(lates) < 60
    assert SPREAD_S - 60 < max(lates) < SPREAD_S
    done = moment("2026-11-27 10:00", "boot-0")
    assert not due(DAILY, done, moment("2026-11-28 09:59"), late_s=1_800)
    assert due(DAILY, done, moment("2026-11-28 10:00"), late_s=1_800)


def test_a_spread_over_midnight_is_no_obstacle() -> None:
    """09.30 and fifteen hours is 00.30 of the next day."""
    late_s = 15 * 3600
    done = moment("2026-11-28 00:31", "boot-0")
    assert not due(DAILY, done, moment("2026-11-29 00:29"), late_s)
    assert due(DAILY, done, moment("2026-11-29 00:30"), late_s)
    assert due(DAILY, moment("2026-11-28 00:29", "boot-0"), moment("2026-11-29 00:15"), late_s)


jumps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 36 * HOUR_MS)),
        st.tuples(st.just("set"), st.integers(0, 4_102_444_800_000)),
        st.tuples(st.just("lose"), st.just(0)),
        st.tuples(st.just("reboot"), st.integers(0, 400_000_000)),
    ),
    max_size=40,
)


@given(jumps)
def test_however_the_clock_jumps_a_test_is_never_repeated_in_a_moment_nor_left_out_for_two_days(
    story: list[tuple[str, int]],
) -> None:
    wall_ms, synchronised, boot, mono_ms = 0, False, 1, 0
    last: Moment | None = None
    for what, how in story:
        if what == "wait":
            wall_ms, mono_ms = wall_ms + how, mono_ms + how
        elif what == "set":
            wall_ms, synchronised = how, True
        elif what == "lose":
            synchronised = False
        else:
            wall_ms, boot, mono_ms = (wall_ms + how if synchronised else 0), boot + 1, 0
        now = Moment(wall_ms, synchronised, f"boot-{boot}", mono_ms)
        is_now = is_due(DAILY, TESTS, last, now, WIB)
        if last is not None and last.boot == now.boot and mono_ms - last.mono_ms >= DAY_MS:
            assert is_now
        if mono_ms < SETTLED_MS:
            assert not is_now
        if is_now:
            last = now
            assert not is_due(DAILY, TESTS, last, now, WIB)
