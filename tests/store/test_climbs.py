"""The ladder on disk: claimed before it is done, so that a crash repeats nothing and forgets nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.climb import Action, Climb, Paths, PathState, Round, due
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.ladder import Act
from kiosk.core.proof import Proof, of_delivery, of_submission
from kiosk.core.retry import is_attempt_due
from kiosk.store import alerts
from kiosk.store import migrate as migrations
from kiosk.store.climbs import Unproven, begin_attempt, claim, climbs, prove, unproven
from kiosk.store.database import Store, open_store
from kiosk.store.journal import events
from kiosk.store.migrate import migrate
from tests.core.ladders import LADDER
from tests.store.checks import DEVICE, require_sound_journal

ALL = Paths(PathState.GOOD, PathState.GOOD, PathState.GOOD)


def press(store: Store, drill: bool = False) -> Alert:
    return alerts.raise_alert(store, AlertCode.PANIC, "panic", drill=drill)


def only(store: Store) -> Climb:
    (climb,) = climbs(store)
    return climb


def turn(store: Store) -> list[str]:
    """What the bridge does in one turn, up to the claim."""
    climb = only(store)
    return [action.key for action in claim(store, climb.alert.id, due(climb, LADDER, ALL, store.now()))]


def sends(store: Store) -> list[str]:
    return [waiting.action.key for waiting in unproven(store)]


def reboot(clock: ManualClock, name: str, mono_ms: int = 20_000) -> None:
    clock.moment = msgspec.structs.replace(clock.moment, boot=name, mono_ms=mono_ms, wall_ms=0, synchronised=False)


def sms(contact: str, round_: Round = Round.FIRST) -> Action:
    return Action(round_, None, contact)


def test_what_is_claimed_once_is_not_claimed_again(store: Store, clock: ManualClock) -> None:
    press(store)
    assert turn(store) == ["mqtt", "siren", "beat"]
    assert turn(store) == []
    clock.advance(5)
    assert turn(store) == ["dc09", "sms/piket-1", "sms/piket-2"]
    assert claim(store, only(store).alert.id, [Action(Round.FIRST, Act.DC09), sms("lurah")]) == [sms("lurah")]


def test_a_claim_survives_a_reboot_and_the_climb_goes_on_with_the_time_that_is_proven(
    path: Path, store: Store, clock: ManualClock
) -> None:
    press(store)
    clock.advance(5)
    turn(store)
    reboot(clock, "boot-2", mono_ms=24_999)
    again = open_store(path, clock)
    assert turn(again) == []  # 5 s were seen before the cut and 24.999 s since: 30 s are not proven yet
    clock.advance(0.001)
    assert turn(again) == ["sms/petugas-2", "sms/rt-01"]
    again.close()


def test_what_was_claimed_and_not_proven_is_found_again_after_a_crash(
    path: Path, store: Store, clock: ManualClock
) -> None:
    press(store)
    clock.advance(5)
    turn(store)
    begin_attempt(store, only(store).alert.id, sms("piket-1"))
    reboot(clock, "boot-2", mono_ms=3_000)
    again = open_store(path, clock)
    assert sends(again) == ["dc09", "sms/piket-1", "sms/piket-2"]
    assert [is_attempt_due(one.attempts, again.now()) for one in unproven(again)] == [True, False, True]
    again.close()


def test_a_carriers_proof_ends_the_trying_of_that_send_only(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(5)
    turn(store)
    begin_attempt(store, alert.id, sms("piket-1"))
    assert alerts.find(store, alert.id).evidence is Evidence.COMMITTED
    prove(store, alert.id, sms("piket-1"), Proof(AlertAction.HAND))
    assert alerts.find(store, alert.id).evidence is Evidence.HANDED
    prove(store, alert.id, sms("piket-1"), of_submission("+CMGS: 4"))
    assert sends(store) == ["dc09", "sms/piket-2"]
    report = of_delivery(0x00, "+CDS: 0")
    assert report is not None
    assert prove(store, alert.id, sms("piket-1"), report).state is AlertState.RECEIVED
    assert [(step.path, step.level, step.raw) for step in alerts.steps(store, alert.id)] == [
        ("sms/piket-1", 2, ""),
        ("sms/piket-1", 3, "+CMGS: 4"),
        ("sms/piket-1", 4, "+CDS: 0"),
    ]


def test_attempts_are_counted_before_a_byte_leaves(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(5)
    turn(store)
    for count in (1, 2, 3):
        begin_attempt(store, alert.id, sms("piket-1"))
        clock.advance(60)
        (found,) = [one for one in unproven(store) if one.action == sms("piket-1")]
        assert (found.attempts.count, found.alert.id) == (count, alert.id)
    assert alerts.steps(store, alert.id) == []  # an attempt that is begun shows nothing yet


def test_unanswered_is_one_commit_with_its_claim(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(100)
    assert "unanswered" in turn(store)
    assert alerts.find(store, alert.id).state is AlertState.UNANSWERED
    (step,) = alerts.steps(store, alert.id)
    assert (step.path, step.action) == ("bridge", AlertAction.TIME_OUT)
    assert turn(store) == []


def test_the_second_round_is_proven_apart_from_the_first(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(5)
    turn(store)
    prove(store, alert.id, sms("piket-1"), of_submission("+CMGS: 4"))
    clock.advance(95)
    turn(store)
    assert "again/sms/piket-1" in sends(store)
    prove(store, alert.id, sms("piket-1", Round.AGAIN), of_submission("+CMGS: 9"))
    assert "again/sms/piket-1" not in sends(store)
    assert [step.raw for step in alerts.steps(store, alert.id) if step.level is Evidence.CARRIED] == [
        "+CMGS: 4",
        "+CMGS: 9",
    ]


def test_after_a_humans_answer_nobody_else_is_tried(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(30)
    turn(store)
    alerts.advance(store, alert.id, AlertAction.ACKNOWLEDGE, "sms/piket-1", "OK", officer="Bripka Andi")
    assert unproven(store) == []
    clock.advance(300)
    assert turn(store) == []


def test_a_cancel_is_told_to_who_was_told_and_proves_nothing_of_the_alert(store: Store, clock: ManualClock) -> None:
    alert = press(store)
    clock.advance(5)
    turn(store)
    alerts.advance(store, alert.id, AlertAction.CANCEL, "screen")
    assert turn(store) == ["cancel/dc09", "cancel/sms/piket-1", "cancel/sms/piket-2"]
    report = of_delivery(0x00, "+CDS: 0")
    assert report is not None
    prove(store, alert.id, sms("piket-1", Round.CANCEL), report)
    held = alerts.find(store, alert.id)
    assert (held.state, held.evidence) == (AlertState.CANCEL_REQUESTED, Evidence.COMMITTED)
    assert "cancel/sms/piket-1" not in sends(store)
    assert [step.level for step in alerts.steps(store, alert.id) if step.path.startswith("cancel/")] == [4]
    alerts.advance(store, alert.id, AlertAction.CLOSE, "posko")
    assert not unproven(store)
    assert not climbs(store)


def test_a_drill_is_marked_on_every_send(store: Store, clock: ManualClock) -> None:
    press(store, drill=True)
    clock.advance(100)
    turn(store)
    assert all(one.action.exercise for one in unproven(store))


def test_two_alerts_climb_side_by_side(store: Store, clock: ManualClock) -> None:
    first = press(store)
    clock.advance(20)
    second = alerts.raise_alert(store, AlertCode.FIRE, "fire")
    clock.advance(5)
    for climb in climbs(store):
        claim(store, climb.alert.id, due(climb, LADDER, ALL, store.now()))
    prove(store, second.id, sms("piket-1"), of_submission("+CMGS: 5"))
    assert [(one.alert.id, one.action.key) for one in unproven(store)] == [
        (first.id, "dc09"),
        (first.id, "sms/piket-1"),
        (first.id, "sms/piket-2"),
        (second.id, "dc09"),
        (second.id, "sms/piket-2"),
    ]


def test_an_alert_of_an_older_release_climbs_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kiosk.db"
    steps = migrations._steps
    with monkeypatch.context() as older:
        older.setattr(migrations, "_steps", lambda: [step for step in steps() if step[0] < 4])
        migrate(file, DEVICE)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO alert VALUES ('a', 'panic', 'panic', 'received', 4, 'n', 0, 1000, 'boot-1', 1, 1000, 0,"
            " NULL, NULL, NULL)"
        )
        step = "INSERT INTO alert_step VALUES ('a', ?, ?, 'received', 4, 'mqtt', '', 0, 9999999)"
        connection.executemany(step, [(1, "receive"), (2, "time-out")])
    migrate(file, DEVICE)
    store = open_store(file, ManualClock(boot="boot-2", mono_ms=6_000))
    assert [step.level for step in alerts.steps(store, "a")] == [4, 0]
    assert turn(store) == ["mqtt", "siren", "beat"]  # its old steps have no boot and prove no age
    store.close()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    story=st.lists(
        st.sampled_from(["wait", "reboot", "claim", "claim and die", "send", "prove", "receive", "cancel"]),
        max_size=25,
    )
)
def test_whatever_happens_each_send_is_proven_once_and_none_is_lost(tmp_path: Path, story: list[str]) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    clock = ManualClock()
    migrate(folder / "kiosk.db", DEVICE)
    store = open_store(folder / "kiosk.db", clock)
    alert = press(store)
    proven = list[str]()
    for number, what in enumerate([*story, "wait", "wait", "wait", "claim"]):
        match what:
            case "wait":
                clock.advance(40)
            case "reboot":
                reboot(clock, f"boot-{number + 2}")
            case "claim":
                turn(store)
            case "claim and die":
                turn(store)
                store.close()
                reboot(clock, f"boot-{number + 2}")
                store = open_store(folder / "kiosk.db", clock)
            case "send" if waiting := unproven(store):
                begin_attempt(store, alert.id, waiting[0].action)
            case "prove" if waiting := unproven(store):
                proven.append(_proven(store, waiting[0]))
            case "receive":
                alerts.advance(store, alert.id, AlertAction.RECEIVE, "mqtt")
            case "cancel":
                alerts.advance(store, alert.id, AlertAction.CANCEL, "screen")
    while waiting := unproven(store):
        proven.append(_proven(store, waiting[0]))
    assert len(proven) == len(set(proven))
    claimed = {action for action in only(store).claimed if "sms/" in action or action.endswith("dc09")}
    assert set(proven) == claimed
    if "cancel" not in story:
        assert {f"again/sms/{contact.id}" for contact in LADDER.contacts} <= claimed
    assert turn(store) == []
    require_sound_journal(store)
    kinds = [event.kind for event in events(store, Lane.ALARM, 0, 1_000)]
    assert kinds.count("alert.raised") == 1
    store.close()


def _proven(store: Store, waiting: Unproven) -> str:
    prove(store, waiting.alert.id, waiting.action, Proof(AlertAction.CARRY, "+CMGS: 1"))
    return waiting.action.key
