"""The daily test is an event of the alarm's lane and no alert; the weekly drill counts when a human has answered it."""

from __future__ import annotations

import msgspec

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.exercise import Exercise, is_due
from kiosk.store import alerts
from kiosk.store.database import Store
from kiosk.store.exercises import begin_daily_test, last_done
from kiosk.store.journal import events
from tests.core.ladders import LADDER
from tests.store.checks import require_sound_journal


def test_a_site_that_never_tested_says_so(store: Store) -> None:
    assert last_done(store, Exercise.DAILY_TEST) is None


def test_the_daily_test_is_committed_with_its_mark_and_rings_nowhere(store: Store, clock: ManualClock) -> None:
    clock.advance(3_600)
    event = begin_daily_test(store)
    assert (event.lane, event.kind, msgspec.json.decode(event.body)) == (Lane.ALARM, "alarm.test", {"contact_id": 602})
    assert last_done(store, Exercise.DAILY_TEST) == store.now()
    assert not is_due(Exercise.DAILY_TEST, LADDER.tests, last_done(store, Exercise.DAILY_TEST), store.now(), 7)
    assert alerts.open_alerts(store) == []
    clock.advance(86_400)
    assert is_due(Exercise.DAILY_TEST, LADDER.tests, last_done(store, Exercise.DAILY_TEST), store.now(), 7)
    assert begin_daily_test(store).seq == event.seq + 1
    require_sound_journal(store)


def test_a_drill_counts_only_when_a_human_has_answered_it(store: Store, clock: ManualClock) -> None:
    drill = alerts.raise_alert(store, AlertCode.PANIC, "panic", drill=True)
    alerts.advance(store, drill.id, AlertAction.RECEIVE, "mqtt")
    assert last_done(store, Exercise.WEEKLY_DRILL) is None
    clock.advance(30)
    alerts.advance(store, drill.id, AlertAction.ACKNOWLEDGE, "posko", officer="Briptu Rina")
    answered = store.now()
    clock.advance(30)
    alerts.advance(store, drill.id, AlertAction.CLOSE, "posko", officer="Briptu Rina")
    assert last_done(store, Exercise.WEEKLY_DRILL) == answered


def test_a_real_alert_is_no_drill(store: Store) -> None:
    alert = alerts.raise_alert(store, AlertCode.PANIC, "panic")
    alerts.advance(store, alert.id, AlertAction.ACKNOWLEDGE, "posko", officer="Briptu Rina")
    assert last_done(store, Exercise.WEEKLY_DRILL) is None
    assert [event.kind for event in events(store, Lane.ALARM, 0, 10)] == ["alert.raised", "alert.evidence"]
