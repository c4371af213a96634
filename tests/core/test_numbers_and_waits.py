"""Business days, blocks of numbers, waiting estimates and clocks: rules without any input or output."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.business_day import HeldDay, business_day
from kiosk.core.clock import ManualClock, SystemClock, iso, local_time
from kiosk.core.numbering import BLOCK_SIZE, Block, next_block
from kiosk.core.waiting import ENOUGH_VISITS, Wait, estimate, words

days = st.dates(min_value=date(1970, 1, 1), max_value=date(2199, 12, 31))
minutes = st.floats(min_value=0, max_value=240)


@given(st.lists(days, min_size=1, max_size=20))
def test_the_business_day_never_goes_back_however_the_clock_jumps(local_dates: list[date]) -> None:
    held: str | None = None
    seen = list[str]()
    for local_date in local_dates:
        held = business_day(HeldDay(held) if held else None, local_date)
        assert held is not None
        seen.append(held)
    assert seen == sorted(seen)
    assert seen[-1] == max(local_dates).isoformat()


def test_the_business_day_turns_at_the_sites_midnight() -> None:
    # 16:59:59 and 17:00:00 UTC are the two sides of midnight in WIB, UTC+7.
    before, after = 1_763_830_799_000, 1_763_830_800_000
    assert local_time(before, 7).date() + timedelta(days=1) == local_time(after, 7).date()
    assert iso(after, 7) == "2025-11-23T00:00:00+07:00"
    assert iso(after, 9) == "2025-11-23T02:00:00+09:00"


@given(st.integers(min_value=0, max_value=40))
def test_blocks_follow_one_another_without_gap_or_overlap(count: int) -> None:
    drawn: list[int] = []
    highest = 0
    for _ in range(count):
        block = next_block(highest)
        assert block == Block(first=highest + 1, last=highest + BLOCK_SIZE, next=highest + 1)
        drawn += range(block.first, block.last + 1)
        highest = block.last
    assert drawn == list(range(1, count * BLOCK_SIZE + 1))


@given(minutes, st.lists(minutes, max_size=30), st.integers(0, 10), st.integers(0, 200))
def test_more_people_ahead_never_promise_a_shorter_wait(
    typical: float, recent: list[float], counters: int, ahead: int
) -> None:
    here, behind = (estimate(people, typical, recent, counters) for people in (ahead, ahead + 1))
    assert 0 <= here.min_min <= here.max_min
    assert here.min_min <= behind.min_min
    assert here.max_min <= behind.max_min


@given(minutes, st.lists(minutes, max_size=30), st.integers(1, 10), st.integers(0, 200))
def test_another_open_counter_never_lengthens_the_wait(
    typical: float, recent: list[float], counters: int, ahead: int
) -> None:
    assert estimate(ahead, typical, recent, counters + 1).max_min <= estimate(ahead, typical, recent, counters).max_min


@given(minutes, st.lists(minutes, min_size=ENOUGH_VISITS, max_size=30), minutes)
def test_enough_visits_outweigh_the_catalogues_minutes(typical: float, recent: list[float], other: float) -> None:
    assert estimate(10, typical, recent, 2) == estimate(10, other, recent, 2)


def test_the_range_is_told_as_far_as_it_is_known() -> None:
    assert words(Wait(0, 0, 3)) == "Anda berikutnya"
    assert words(Wait(1, 0, 4)) == "kurang dari 5 menit"
    assert words(Wait(3, 1, 14)) == "sampai 15 menit"
    assert words(Wait(5, 11, 24)) == "sekitar 10–25 menit"


def test_a_manual_clock_stands_still_until_told() -> None:
    clock = ManualClock(wall_ms=5_000, mono_ms=100)
    assert clock.now() == clock.now()
    clock.advance(1.5)
    assert (clock.now().wall_ms, clock.now().mono_ms) == (6_500, 1_600)


def test_the_machines_monotonic_clock_goes_on_and_names_its_boot() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.boot == second.boot
    assert 1 <= len(first.boot) <= 64
    assert first.mono_ms <= second.mono_ms
