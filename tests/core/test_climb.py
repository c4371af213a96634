"""What is due on the ladder, sentence by sentence of the design."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.alert import Alert, AlertCode, AlertState, Evidence
from kiosk.core.climb import Action, Climb, Paths, PathState, Round, action_of, due
from kiosk.core.ladder import DEFAULT_LADDER, Act, Ladder
from tests.core.ladders import LADDER, an_alert, at

ALL = Paths(PathState.GOOD, PathState.GOOD, PathState.GOOD)
DUTY = ["dc09", "sms/piket-1", "sms/piket-2"]
RAISED_MS = 10_000


def keys(
    alert: Alert, after_s: float, claimed: list[str] | None = None, paths: Paths = ALL, ladder: Ladder = LADDER
) -> list[str]:
    climb = Climb(alert, frozenset(claimed or []))
    return [action.key for action in due(climb, ladder, paths, at(RAISED_MS + round(after_s * 1000)))]


def with_(alert: Alert, **changes: object) -> Alert:
    return msgspec.structs.replace(alert, **changes)


def test_the_street_and_the_post_are_told_at_once() -> None:
    assert keys(an_alert(), 0) == ["mqtt", "siren", "beat"]


def test_each_rung_comes_at_its_time_and_not_before() -> None:
    done = ["mqtt", "siren", "beat"]
    assert keys(an_alert(), 4.999, done) == []
    assert keys(an_alert(), 5, done) == DUTY
    assert keys(an_alert(), 29.999, done + DUTY) == []
    assert keys(an_alert(), 30, done + DUTY) == ["sms/petugas-2", "sms/rt-01"]
    done += [*DUTY, "sms/petugas-2", "sms/rt-01"]
    assert keys(an_alert(), 60, done) == ["offer-110", "sms/lurah"]
    done += ["offer-110", "sms/lurah"]
    assert keys(an_alert(), 99.999, done) == []
    assert keys(an_alert(), 100, done) == [
        *("unanswered", "again/siren", "again/dc09", "again/sms/piket-1", "again/sms/piket-2"),
        *("again/sms/petugas-2", "again/sms/rt-01", "again/sms/lurah"),
    ]


def test_what_is_claimed_is_never_due_again() -> None:
    everything = keys(an_alert(), 99) + keys(an_alert(), 200)
    assert keys(an_alert(), 10_000, everything) == []


def test_a_network_that_is_known_to_be_down_is_not_waited_for() -> None:
    down = Paths(PathState.BAD, PathState.GOOD, PathState.GOOD)
    assert keys(an_alert(), 0, paths=down) == ["mqtt", "siren", "beat", *DUTY]
    assert keys(an_alert(), 0, paths=Paths(PathState.UNKNOWN, PathState.GOOD, PathState.GOOD)) == keys(an_alert(), 0)


def test_the_posts_receipt_in_time_spares_the_duty_numbers_and_nothing_else() -> None:
    received = with_(an_alert(), state=AlertState.RECEIVED, evidence=Evidence.RECEIVED)
    assert not set(keys(received, 59)) & set(DUTY)
    assert {"sms/petugas-2", "sms/rt-01"} <= set(keys(received, 30))
    assert set(keys(received, 100)) >= {f"again/{key}" for key in DUTY}


@pytest.mark.parametrize("evidence", [Evidence.HANDED, Evidence.CARRIED])
def test_a_carriers_proof_spares_nobody(evidence: Evidence) -> None:
    assert keys(with_(an_alert(), state=AlertState.CARRIED, evidence=evidence), 5)[3:] == DUTY


def test_a_named_humans_answer_ends_the_climb() -> None:
    answered = with_(an_alert(), state=AlertState.ACKNOWLEDGED, evidence=Evidence.ACKNOWLEDGED)
    assert [keys(answered, after_s) for after_s in (0, 5, 100, 1_000)] == [[]] * 4


def test_a_closed_alert_climbs_no_more() -> None:
    assert keys(with_(an_alert(), state=AlertState.CLOSED, evidence=Evidence.CLOSED), 1_000) == []


def test_after_a_long_standstill_nobody_is_told_the_same_twice() -> None:
    found = keys(an_alert(), 500)
    assert len(found) == len(set(found))
    assert not {key for key in found if f"again/{key}" in found} - {"siren"}
    assert {"mqtt", "siren", "beat", "offer-110", "unanswered", "again/sms/lurah", "again/dc09"} <= set(found)


def test_paths_that_a_site_does_not_have_are_not_planned_on() -> None:
    assert keys(an_alert(), 500, paths=Paths()) == [
        *("mqtt", "siren", "beat", "offer-110"),
        "unanswered",
        "again/siren",
    ]
    assert "dc09" in keys(an_alert(), 5, paths=Paths(dc09=PathState.BAD))


def test_a_cancel_goes_to_whoever_was_told_and_wakes_nobody_else() -> None:
    cancelled = with_(an_alert(), state=AlertState.CANCEL_REQUESTED, evidence=Evidence.RECEIVED)
    told = ["mqtt", "siren", "beat", *DUTY]
    assert keys(cancelled, 31, told) == ["cancel/dc09", "cancel/sms/piket-1", "cancel/sms/piket-2"]
    assert keys(cancelled, 500, [*told, "cancel/dc09", "cancel/sms/piket-1", "cancel/sms/piket-2"]) == []


def test_who_was_told_again_is_told_of_the_cancel_once() -> None:
    cancelled = with_(an_alert(), state=AlertState.CANCEL_REQUESTED, evidence=Evidence.RECEIVED)
    assert keys(cancelled, 200, ["sms/lurah", "again/sms/lurah"]) == ["cancel/sms/lurah"]


def test_a_cancel_before_the_post_knows_does_not_keep_the_alert_from_it() -> None:
    cancelled = with_(an_alert(), state=AlertState.CANCEL_REQUESTED)
    assert keys(cancelled, 4) == []
    assert keys(cancelled, 5) == [*DUTY, *(f"cancel/{key}" for key in DUTY)]
    assert not [key for key in keys(cancelled, 500) if "unanswered" in key or "siren" in key or "lurah" in key]


def test_a_cancel_after_the_answer_is_still_told() -> None:
    cancelled = with_(an_alert(), state=AlertState.CANCEL_REQUESTED, evidence=Evidence.ACKNOWLEDGED)
    assert keys(cancelled, 40, ["mqtt", "sms/piket-1"]) == ["cancel/sms/piket-1"]


def test_a_silent_alert_climbs_without_a_sign_at_the_box() -> None:
    silent = an_alert(AlertCode.SILENT)
    found = keys(silent, 99)
    assert not {"siren", "beat", "offer-110"} & set(found)
    assert {"mqtt", *DUTY, "sms/petugas-2", "sms/lurah"} <= set(found)
    assert {"unanswered", "again/sms/lurah"} <= set(keys(silent, 100))
    assert not [key for key in keys(silent, 100) if key.endswith("siren")]


def test_a_drill_goes_the_same_way_and_says_that_it_is_one() -> None:
    drill = an_alert(drill=True)
    assert keys(drill, 99) == keys(an_alert(), 99)
    assert all(action.exercise for action in due(Climb(drill), LADDER, ALL, at(RAISED_MS + 200_000)))
    assert not any(action.exercise for action in due(Climb(an_alert()), LADDER, ALL, at(RAISED_MS + 200_000)))


def test_without_a_document_there_is_still_siren_network_and_110() -> None:
    assert keys(an_alert(), 0, paths=Paths(), ladder=DEFAULT_LADDER) == ["mqtt", "siren", "beat"]
    assert keys(an_alert(), 60, ["mqtt", "siren", "beat"], Paths(), DEFAULT_LADDER) == ["offer-110"]
    assert keys(an_alert(), 100, paths=Paths(), ladder=DEFAULT_LADDER)[-2:] == ["unanswered", "again/siren"]


@pytest.mark.parametrize("round_", Round)
@pytest.mark.parametrize(("act", "contact"), [*((act, "") for act in Act), (None, "piket-1")])
def test_a_key_names_its_action_for_good(round_: Round, act: Act | None, contact: str) -> None:
    action = Action(round_, act, contact, exercise=True)
    assert action_of(action.key, exercise=True) == action


@pytest.mark.parametrize("key", ["", "fax", "again/fax", "again/again/dc09", "first/dc09"])
def test_what_is_no_key_names_nothing(key: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid|Act"):
        action_of(key, exercise=False)
