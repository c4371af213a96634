"""The daily test by itself, and the weekly drill that a person answers, from due to proven.

Both are due by the ladder's timetable a few seconds after the bridge has started. The test is proven by the central's
receipt for its event and by the receiving centre's reply; the drill, which the clock never starts, by the officer's
answer on the kiosk's disk. The officer answers here as soon as the alert is on his screen.
"""

from __future__ import annotations

import datetime
import time
from contextlib import closing

import msgspec

from benchmarks.alarm.site import bridge_of, bring_ladder, part, store_of
from benchmarks.alarm.timed_box import TimedBox
from benchmarks.rig import DEVICE, Rig, TooSlow, wait_until
from deploy.demo.ladder import ladder_bytes
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import local_time
from kiosk.core.event import Lane
from kiosk.core.exercise import SETTLED_MS, Exercise, spread_s
from kiosk.store.alerts import raise_alert
from kiosk.store.database import Store
from kiosk.store.exercises import last_done, mark_within
from kiosk.store.journal import events
from kiosk.store.outbox import backlogs
from sync.central.store import open_central

UTC_OFFSET_H = 7
DUE_IN_S = 15
WITHIN_S = 100
LOOK_EVERY_S = 0.01


class ExerciseTimes(msgspec.Struct, frozen=True):
    """Seconds. `test_carried_s` to the receiving centre; `drill_told_s` from due until the site asks for one."""

    test_proven_s: float
    test_carried_s: float
    drill_told_s: float
    drill_answered_s: float


def exercise_times(rig: Rig, box: TimedBox) -> ExerciseTimes:
    """Starts the bridge of a site whose agent and central run and whose receiving centre answers."""
    with store_of(rig) as store:
        if store.now().mono_ms < SETTLED_MS:
            raise TooSlow("this machine has been up for less than ten minutes, in which no site tests itself")
        with store.write():
            for which in Exercise:
                mark_within(store, which)
        due_s = time.time() + DUE_IN_S
        bring_ladder(store, timetable(ladder_bytes(), due_s, spread_s(DEVICE)))
        after = backlogs(store)[Lane.ALARM].last_seq
        with bridge_of(rig, box):
            wait_until(lambda: _proven(store, after), "the daily test is proven", WITHIN_S, LOOK_EVERY_S)
            test_s = time.time() - due_s
            wait_until(lambda: _carried(store), "the receiving centre has the test", WITHIN_S, LOOK_EVERY_S)
            carried_s = time.time() - due_s
            wait_until(lambda: _is_drill_due(store), "the drill is due", WITHIN_S, LOOK_EVERY_S)
            told_s = time.time() - due_s
            return ExerciseTimes(test_s, carried_s, told_s, _drill(rig, store, box))


def timetable(ladder: bytes, due_s: float, late_s: int) -> bytes:
    """The ladder with both exercises due at that Unix time; the daily test comes `late_s` after what is written."""
    due = local_time(round(due_s * 1000), UTC_OFFSET_H)
    daily = (due - datetime.timedelta(seconds=late_s)).time().replace(microsecond=0)
    weekly = due.time().replace(microsecond=0)
    day = due.strftime("%A").lower()
    return ladder + f'\n[tests]\ndaily_at = {daily}\nweekly_on = "{day}"\nweekly_at = {weekly}\n'.encode()


def _proven(store: Store, after: int) -> bool:
    """Whether the central has said that it holds a daily test which was begun since."""
    tests = [event.seq for event in events(store, Lane.ALARM, after, 100) if event.kind == "alarm.test"]
    return bool(tests) and backlogs(store)[Lane.ALARM].acknowledged_seq >= tests[0]


def _carried(store: Store) -> bool:
    newest = backlogs(store)[Lane.HEALTH].last_seq
    return any(event.kind == "path.test" for event in events(store, Lane.HEALTH, max(0, newest - 50), 100))


def _is_drill_due(store: Store) -> bool:
    bridge = part(store, "bridge")
    return bridge is not None and bool(bridge.detail.get("drill_due"))


def _drill(rig: Rig, store: Store, box: TimedBox) -> float:
    """As `kentongan panel drill` begins one; until the lamp is green and the answer counts as this week's drill."""
    began_s, before = time.monotonic(), last_done(store, Exercise.WEEKLY_DRILL)
    alert = raise_alert(store, AlertCode.PANIC, "bench", drill=True)
    with closing(open_central(rig.central_url)) as central:
        wait_until(
            lambda: any(one.id == alert.id for one in central.open_alerts()), "the post sees it", WITHIN_S, LOOK_EVERY_S
        )
        central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, "Petugas Uji", {}, central.now_ms())
    green_s = box.seen.first(lambda look: look.lamp is Lamp.GREEN, began_s, "the lamp is green", WITHIN_S)
    assert last_done(store, Exercise.WEEKLY_DRILL) != before, "green, and not counted as a drill"
    return green_s - began_s
