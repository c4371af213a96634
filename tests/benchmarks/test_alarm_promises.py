"""The pure parts of the alarm's benchmark: what counts as kept, and what time that is passed in shows."""

from __future__ import annotations

import datetime
import os
import threading

import msgspec
import pytest

from benchmarks.alarm import for_ever, promises
from benchmarks.alarm.exercises import UTC_OFFSET_H, ExerciseTimes, timetable
from benchmarks.alarm.nobody import NobodyTimes, pauses_s
from benchmarks.alarm.offline import Kept
from benchmarks.alarm.presses import PressTimes
from benchmarks.alarm.seen import Seen
from benchmarks.alarm.sms import SmsTimes
from benchmarks.niceness import started_with
from benchmarks.rig import TooSlow
from benchmarks.row import Row
from deploy.demo.ladder import ladder_bytes
from kiosk.core.clock import Moment
from kiosk.core.exercise import Exercise, is_due
from kiosk.core.ladder_document import read_ladder

DAY_S = 86_400
PRESS = PressTimes(lit_s=0.004, noticed_s=0.001, sounding_s=0.012, raw_s=0.003, received_s=0.040)
KEPT = Kept(2_000, 2_000, 1_000, 1_000, 3.0, 4.0)


def met(rows: list[Row]) -> list[bool | None]:
    return [row.met for row in rows]


def test_presses_within_every_limit_keep_the_promise() -> None:
    assert met(promises.presses([PRESS] * 100, loaded=False)) == [True] * 4


def test_the_slowest_hundredth_of_the_presses_breaks_it() -> None:
    slow = msgspec.structs.replace(PRESS, lit_s=0.2, sounding_s=0.6, received_s=0.3)
    assert met(promises.presses([PRESS] * 98 + [slow] * 2, loaded=True)) == [False] * 4


def test_a_text_that_comes_before_its_time_is_no_better_than_one_that_comes_late() -> None:
    for unconfirmed_s, kept in ((5.1, True), (4.0, False), (6.0, False)):
        assert promises.sms(SmsTimes((5.1, unconfirmed_s), (0.1,)), loaded=False)[0].met is kept


def test_a_text_for_a_network_that_is_known_to_be_down_may_not_wait() -> None:
    assert met(promises.sms(SmsTimes((5.1,), (0.1, 1.5)), loaded=False)) == [True, False]


@pytest.mark.parametrize(
    ("pauses", "kept"),
    [
        ((5.0, 8.0, 17.0, 35.0), True),
        ((4.0, 8.0, 17.0), False),
        ((5.0, 8.0, 75.0), False),
        ((5.0, 5.0, 5.0), False),
        ((5.0, 8.0), False),
    ],
)
def test_pauses_lie_between_five_and_sixty_seconds_and_grow(pauses: tuple[float, ...], kept: bool) -> None:
    assert promises.backs_off(pauses) is kept


def test_what_is_sent_after_the_last_rung_is_no_retry() -> None:
    assert pauses_s([1.0, 6.0, 15.0, 101.0, 102.0], before_s=100.5) == (5.0, 9.0)


def test_without_a_single_retry_nothing_is_proven() -> None:
    rows = promises.nobody(NobodyTimes(100.1, (), (5.0, 9.0, 20.0)), loaded=False)
    assert met(rows) == [False, True, True]


def test_a_buffer_that_lost_one_press_is_no_buffer() -> None:
    assert met(promises.offline(KEPT, loaded=False)) == [True]
    for lost in (
        msgspec.structs.replace(KEPT, presses_at_post=999),
        msgspec.structs.replace(KEPT, delivered=1_999),
        msgspec.structs.replace(KEPT, waited=900, delivered=900),
    ):
        assert met(promises.offline(lost, loaded=False)) == [False]


def test_a_drill_that_the_site_never_asked_for_in_time_is_not_weekly() -> None:
    assert met(promises.exercises(ExerciseTimes(46.0, 46.0, 46.0, 0.3), loaded=False)) == [True, True]
    assert met(promises.exercises(ExerciseTimes(80.0, 80.0, 80.0, 0.3), loaded=False)) == [False, False]


def test_the_timetable_makes_both_exercises_due_at_the_wanted_moment() -> None:
    late_s, due_s = 1_234, 1_763_770_800
    tests = read_ladder(timetable(ladder_bytes(), due_s, late_s)).tests

    def due(which: Exercise, at_s: float) -> bool:
        now = Moment(round(at_s * 1000), True, "boot-1", 2 * DAY_S * 1000)
        done = Moment(round((due_s - 60) * 1000), True, "boot-0", 1)
        return is_due(which, tests, done, now, UTC_OFFSET_H, late_s)

    for which in Exercise:
        assert not due(which, due_s - 1)
        assert due(which, due_s + 1)
    assert isinstance(tests.daily_at, datetime.time)


def test_a_day_of_silence_is_filled_with_attempts_to_its_end() -> None:
    for pauses in (for_ever.dc09_pauses_s(DAY_S), for_ever.sms_pauses_s(DAY_S)):
        assert min(pauses) >= 5.0
        assert max(pauses) <= 60.1
        assert sum(pauses) >= DAY_S - 61


def test_a_change_is_found_with_its_own_time_and_a_state_that_never_comes_is_told() -> None:
    seen: Seen[int] = Seen()
    seen.tell(1)
    seen.tell(2)
    (_, (second_s, _)) = seen.all()
    assert seen.first(lambda state: state == 2, 0.0, "two", 1) == second_s
    seen.now(lambda state: state == 2, "two", 1)
    with pytest.raises(TooSlow, match="three"):
        seen.first(lambda state: state == 3, 0.0, "three", 0.01)
    with pytest.raises(TooSlow, match="one"):
        seen.now(lambda state: state == 1, "one", 0.01)


def test_a_change_that_comes_while_it_is_awaited_is_found() -> None:
    seen: Seen[int] = Seen()
    later = threading.Timer(0.05, seen.tell, [7])
    later.start()
    try:
        assert seen.first(lambda state: state == 7, 0.0, "seven", 10) > 0
    finally:
        later.join()


def test_niceness_lasts_only_for_what_is_started_meanwhile() -> None:
    found: list[int] = []

    def look() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        for niceness in (5, 7):  # less urgent is everybody's right; back from it is not, so in a thread that ends
            with started_with(niceness):
                child = threading.Thread(target=look)
                child.start()
                child.join()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [5, 7]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
