"""Alerts and the post's answers on disk."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.answer import POST_MAY, Answer
from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadTransition, NotFound
from kiosk.core.event import Lane
from kiosk.store import alerts
from kiosk.store.answers import Applied, applied_number, apply_answer
from kiosk.store.database import Store
from kiosk.store.journal import events
from tests.store.checks import require_sound_journal

A = AlertAction


def press(store: Store, code: AlertCode = AlertCode.PANIC, drill: bool = False) -> Alert:
    return alerts.raise_alert(store, code, "button", drill=drill)


def answer(alert: Alert, number: int, action: AlertAction = A.ACKNOWLEDGE, nonce: str | None = None) -> Answer:
    return Answer(number, alert.id, alert.nonce if nonce is None else nonce, action, "Briptu Rina", 1_763_770_900_000)


def told(store: Store) -> list[str]:
    return [event.kind for event in events(store, Lane.ALARM, 0, 100)]


def test_a_press_is_committed_with_its_event_and_shows_no_more_than_that(store: Store) -> None:
    alert = press(store)
    assert (alert.state, alert.evidence, alert.presses) == (AlertState.RAISED, Evidence.COMMITTED, 1)
    assert alerts.open_alerts(store) == [alert]
    (event,) = events(store, Lane.ALARM, 0, 10)
    body = msgspec.json.decode(event.body)
    assert (event.kind, body["id"], body["nonce"]) == ("alert.raised", alert.id, alert.nonce)


@pytest.mark.parametrize("seconds", [0, 3, 10])
def test_a_second_press_within_ten_seconds_joins_the_first(store: Store, clock: ManualClock, seconds: float) -> None:
    first = press(store)
    clock.advance(seconds)
    joined = press(store)
    assert (joined.id, joined.presses) == (first.id, 2)
    assert told(store) == ["alert.raised", "alert.joined"]
    assert len(alerts.open_alerts(store)) == 1


def test_what_is_another_call_for_help_joins_nothing(store: Store, clock: ManualClock) -> None:
    first = press(store)
    others = [press(store, AlertCode.FIRE), press(store, drill=True)]
    clock.advance(10.001)
    others.append(press(store))
    clock.moment = msgspec.structs.replace(clock.moment, boot="boot-2")
    others.append(press(store))
    assert len({alert.id for alert in (first, *others)}) == 5


def test_a_press_after_a_cancel_is_a_new_call_for_help(store: Store) -> None:
    first = press(store)
    alerts.advance(store, first.id, A.CANCEL, "screen")
    again = press(store)
    assert again.id != first.id
    assert again.state is AlertState.RAISED


def test_a_press_after_the_close_is_a_new_alert(store: Store) -> None:
    first = press(store)
    alerts.advance(store, first.id, A.CLOSE, "posko")
    assert press(store).id != first.id


def test_alerts_stand_in_the_order_of_their_presses_whatever_the_clock_does(store: Store, clock: ManualClock) -> None:
    pressed = list[str]()
    for seconds in (0, -86_400, 0, 3600, -7200):
        clock.advance(seconds)
        pressed.append(press(store, list(AlertCode)[len(pressed) % 4], drill=len(pressed) > 3).id)
    assert [alert.id for alert in alerts.open_alerts(store)] == pressed
    assert [alert.id for alert in alerts.recent_alerts(store, 3)] == pressed[:1:-1]


def test_every_step_keeps_its_path_and_the_carriers_words(store: Store) -> None:
    alert = press(store)
    alerts.advance(store, alert.id, A.HAND, "mqtt")
    alerts.advance(store, alert.id, A.CARRY, "mqtt", "Success")
    alerts.advance(store, alert.id, A.RECEIVE, "sms", "+CDS: 0" + "x" * 1000)
    steps = alerts.steps(store, alert.id)
    assert [(step.evidence, step.path) for step in steps] == [(2, "mqtt"), (3, "mqtt"), (4, "sms")]
    assert len(steps[-1].raw) == 500


def test_late_and_repeated_proof_writes_nothing(store: Store) -> None:
    alert = press(store)
    alerts.advance(store, alert.id, A.RECEIVE, "mqtt")
    before = told(store)
    for late in (A.HAND, A.CARRY, A.RECEIVE):
        assert alerts.advance(store, alert.id, late, "mqtt").evidence is Evidence.RECEIVED
    assert told(store) == before
    assert len(alerts.steps(store, alert.id)) == 1


def test_each_path_keeps_and_tells_what_it_proved_even_when_another_has_proven_more(store: Store) -> None:
    alert = press(store)
    alerts.advance(store, alert.id, A.RECEIVE, "mqtt")
    alerts.advance(store, alert.id, A.CARRY, "sms/piket-1", "+CMGS: 12\r")
    alerts.advance(store, alert.id, A.CARRY, "sms/piket-1", "+CMGS: 12\r")
    alerts.advance(store, alert.id, A.RECEIVE, "sms/piket-1", "+CDS: 0")
    held = alerts.find(store, alert.id)
    assert (held.state, held.evidence) == (AlertState.RECEIVED, Evidence.RECEIVED)
    assert [(step.path, step.level, step.evidence, step.raw) for step in alerts.steps(store, alert.id)] == [
        ("mqtt", 4, 4, ""),
        ("sms/piket-1", 3, 4, "+CMGS: 12\\r"),
        ("sms/piket-1", 4, 4, "+CDS: 0"),
    ]
    bodies = [msgspec.json.decode(event.body) for event in events(store, Lane.ALARM, 1, 10)]
    assert [(body["path"], body["level"], body.get("raw")) for body in bodies] == [
        ("mqtt", 4, None),
        ("sms/piket-1", 3, "+CMGS: 12\\r"),
        ("sms/piket-1", 4, "+CDS: 0"),
    ]


def test_an_answer_by_sms_names_the_contact_here_and_on_the_way(store: Store) -> None:
    alert = press(store)
    alerts.advance(store, alert.id, A.ACKNOWLEDGE, "sms/piket-1", "OK 3F2A9C 7193", officer="Bripka Andi")
    held = alerts.find(store, alert.id)
    assert (held.state, held.officer) == (AlertState.ACKNOWLEDGED, "Bripka Andi")
    body = msgspec.json.decode(events(store, Lane.ALARM, 1, 10)[0].body)
    assert (body["evidence"], body["officer"], body["raw"]) == (5, "Bripka Andi", "OK 3F2A9C 7193")


def test_a_second_answer_is_kept_and_the_first_officer_stays(store: Store) -> None:
    alert = press(store)
    apply_answer(store, answer(alert, 1))
    alerts.advance(store, alert.id, A.ACKNOWLEDGE, "sms/piket-1", "OK", officer="Bripka Andi")
    assert alerts.find(store, alert.id).officer == "Briptu Rina"
    assert [step.path for step in alerts.steps(store, alert.id)] == ["posko", "sms/piket-1"]


def test_the_longest_reply_still_makes_a_small_event(store: Store) -> None:
    alert = press(store)
    alerts.advance(store, alert.id, A.ACKNOWLEDGE, "sms/" + "x" * 24, "\x00é\\" * 1000, officer="B" * 60)
    (event,) = events(store, Lane.ALARM, 1, 10)
    assert len(event.body) < 1_024
    assert len(alerts.steps(store, alert.id)[0].raw) == 500


def test_a_silent_press_joins_only_a_silent_alert(store: Store) -> None:
    loud = press(store)
    silent = press(store, AlertCode.SILENT)
    assert silent.id != loud.id
    assert silent.is_silent
    assert not loud.is_silent
    assert press(store, AlertCode.SILENT).presses == 2


def test_a_strange_alert_and_a_step_that_the_table_lacks_are_refused(store: Store) -> None:
    alert = press(store)
    with pytest.raises(NotFound, match="tidak ada di kotak ini"):
        alerts.advance(store, "nobody", A.HAND, "mqtt")
    alerts.advance(store, alert.id, A.CLOSE, "posko")
    with pytest.raises(BadTransition):
        alerts.advance(store, alert.id, A.CANCEL, "screen")


def test_an_answer_names_the_officer_and_the_time_and_is_applied_once(store: Store) -> None:
    alert = press(store)
    assert apply_answer(store, answer(alert, 1)) is Applied.DONE
    held = alerts.find(store, alert.id)
    assert (held.state, held.officer, held.answered_ms) == (AlertState.ACKNOWLEDGED, "Briptu Rina", 1_763_770_900_000)
    before = told(store)
    assert apply_answer(store, answer(alert, 1)) is Applied.KNOWN
    assert told(store) == before
    assert applied_number(store) == 1


def test_an_answer_that_overtook_another_waits_for_it(store: Store) -> None:
    alert = press(store)
    assert apply_answer(store, answer(alert, 2, A.DISPATCH)) is Applied.EARLY
    assert alerts.find(store, alert.id) == alert
    assert apply_answer(store, answer(alert, 1)) is Applied.DONE
    assert apply_answer(store, answer(alert, 2, A.DISPATCH)) is Applied.DONE
    assert alerts.find(store, alert.id).state is AlertState.DISPATCHED


@pytest.mark.parametrize("action", [action for action in AlertAction if action not in POST_MAY])
def test_a_step_that_is_not_the_posts_changes_nothing(store: Store, action: AlertAction) -> None:
    alert = press(store)
    assert apply_answer(store, answer(alert, 1, action)) is Applied.REFUSED
    assert alerts.find(store, alert.id) == alert


@pytest.mark.parametrize("nonce", ["", "0" * 16])
def test_a_wrong_nonce_changes_nothing_and_is_journalled(store: Store, nonce: str) -> None:
    alert = press(store)
    assert apply_answer(store, answer(alert, 1, nonce=nonce)) is Applied.REFUSED
    assert alerts.find(store, alert.id) == alert
    assert told(store) == ["alert.raised", "answer.refused"]
    assert apply_answer(store, answer(alert, 2)) is Applied.DONE  # the number was used up, the next one counts


def test_an_answer_to_no_alert_of_this_box_changes_nothing(store: Store) -> None:
    alert = press(store)
    stranger = msgspec.structs.replace(alert, id="01900000-0000-7000-8000-000000000000")
    assert apply_answer(store, answer(stranger, 1)) is Applied.REFUSED
    assert alerts.open_alerts(store) == [alert]


def test_late_answers_to_a_closed_alert_are_used_up_without_harm(store: Store) -> None:
    alert = press(store)
    for number, action in enumerate((A.CLOSE, A.ACKNOWLEDGE, A.DISPATCH, A.CLOSE), start=1):
        assert apply_answer(store, answer(alert, number, action)) is Applied.DONE
    assert alerts.find(store, alert.id).state is AlertState.CLOSED
    require_sound_journal(store)


def test_a_fresh_database_goes_on_behind_what_an_earlier_one_has_applied(store: Store) -> None:
    alert = press(store)
    acknowledged = msgspec.structs.replace(answer(alert, 58), after=0)
    dispatched = msgspec.structs.replace(answer(alert, 60, A.DISPATCH), after=58)
    assert apply_answer(store, answer(alert, 58)) is Applied.EARLY
    assert apply_answer(store, dispatched) is Applied.EARLY
    assert alerts.find(store, alert.id) == alert
    assert apply_answer(store, acknowledged) is Applied.DONE
    assert apply_answer(store, dispatched) is Applied.DONE
    assert apply_answer(store, acknowledged) is Applied.KNOWN
    assert applied_number(store) == 60
