"""Half an hour without any path, a clock at 1970, a full disk, and the tests that the site makes of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware_bridge.dc09.events import Report
from firmware_bridge.dc09.evidence import Outcome
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.alerts import advance, open_alerts, steps
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.parts import parts, record_health
from kiosk.store.reserve import keep_reserve
from tests.bridge.ladder.played import PlayedReceiver, PlayedSms, good_answer, rebooted, site
from tests.store.checks import require_sound_journal
from tests.store.small_disk import fill_up, small_disk, why_none


def test_two_alerts_and_a_cancel_in_half_an_hour_without_any_path_are_all_told_once_when_it_is_back(
    tmp_path: Path,
) -> None:
    with site(tmp_path, works=False) as made:
        made.network(connected=False)
        for number in range(1_000):
            record_health(made.store, "sync.status", {"number": number})
        first = made.press("panic")
        made.turns(600, every_s=5)
        second = made.press("fire")
        advance(made.store, first.id, AlertAction.CANCEL, "screen")
        made.changed_by_another()
        made.turns(1_200, every_s=5)

        assert {made.alert(alert).evidence for alert in (first, second)} == {Evidence.COMMITTED}
        given = list(made.sms.sent)
        assert len(given) == len({text.send_id for text in given})  # the client itself repeats; nothing is given twice
        for text in given:
            for evidence in (Evidence.HANDED, Evidence.CARRIED, Evidence.RECEIVED):
                made.sms.show(text, evidence)
        made.turns(30, every_s=1)

        assert made.sms.sent == given
        assert made.alert(second).evidence is Evidence.RECEIVED
        assert made.alert(first).state is AlertState.CANCEL_REQUESTED
        cancelled = {text.number for text in given if "BATAL" in text.text}
        assert cancelled == {text.number for text in given if text.send_id.startswith(first.id)}
        assert not any("BATAL" in text.text for text in given if text.send_id.startswith(second.id))
        require_sound_journal(made.store)


def test_a_climb_goes_on_after_a_reboot_into_1970(tmp_path: Path) -> None:
    clock = ManualClock()
    with site(tmp_path, clock=clock) as made:
        alert = made.press()
        made.turns(6)
    with site(tmp_path, clock=rebooted(clock, "boot-2"), ladder="") as again:
        again.turns(100)

        assert [open_.id for open_ in open_alerts(again.store)] == [alert.id]
        assert again.alert(alert).state is AlertState.UNANSWERED
        assert "sms/piket-1" not in again.sms.told()  # it was proven before the cut
        assert "(jam tidak pasti)" in again.sms.sent[0].text
        assert {key for key in again.sms.told() if not key.startswith("again/")} == {
            *("sms/petugas-2", "sms/rt-01", "sms/lurah")
        }


def test_a_send_that_was_begun_before_the_cut_is_tried_again_after_its_pause_and_answered_by_the_same_code(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    with site(tmp_path, clock=clock, works=False) as made:
        alert = made.press()
        made.turns(6)
        first = made.sms.sent[0].text
    with site(tmp_path, clock=rebooted(clock, "boot-2", mono_ms=1_000), ladder="") as again:
        again.turns(3)
        assert again.sms.sent == []
        again.turns(4)
        assert again.sms.told() == ["sms/piket-1", "sms/piket-2"]
        assert again.sms.sent[0].text.splitlines()[-1] == first.splitlines()[-1]
        again.sms.answer("+6281210001000", good_answer(alert))
        again.turns(1)
        assert again.rig.outputs.last.lamp is Lamp.GREEN


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    why = why_none(tmp_path)
    if why:
        pytest.skip(why)
    with small_disk(tmp_path / "disk", 16) as folder:
        yield folder


def test_on_a_full_disk_an_alert_climbs_on_the_reserve(disk: Path) -> None:
    with site(disk) as made:
        keep_reserve(made.store)
        made.store.one("PRAGMA wal_checkpoint(TRUNCATE)")
        fill_up(disk)
        alert = made.press()
        made.turns(101)

        assert made.alert(alert).state is AlertState.UNANSWERED
        assert len(made.sms.sent) == 10
        made.sms.answer("+6281210001000", good_answer(alert))
        made.turns(1)
        assert made.rig.outputs.last.lamp is Lamp.GREEN
        require_sound_journal(made.store)


def test_a_disk_without_any_room_sounds_and_tells_nobody_what_is_not_on_it(disk: Path) -> None:
    with site(disk) as made:
        made.store.one("PRAGMA wal_checkpoint(TRUNCATE)")
        filling = fill_up(disk)
        made.rig.finger()
        made.turns(30)
        assert (made.rig.outputs.last.siren, made.rig.outputs.last.lamp) == (True, Lamp.RED_STEADY)
        assert made.sms.sent == []

        filling.unlink()
        made.turns(10)
        assert len(open_alerts(made.store)) == 1
        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]


def health(store: Store) -> list[dict[str, object]]:
    found = events(store, Lane.HEALTH, 0, 1_000)
    return [msgspec.json.decode(event.body) | {"kind": event.kind} for event in found]


def test_the_daily_test_goes_the_way_of_an_alert_and_to_the_receiving_centre_once_a_day(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.turns(700, every_s=5)
        assert [event.report for event in made.dc09.events] == [Report.TEST]
        made.turns(86_400, every_s=60)

        tests = [event for event in events(made.store, Lane.ALARM, 0, 100) if event.kind == "alarm.test"]
        assert 2 <= len(tests) <= 3
        assert [event.report for event in made.dc09.events] == [Report.TEST] * len(tests)
        replies = [one for one in health(made.store) if one["kind"] == "path.test"]
        assert [(one["path"], one["outcome"]) for one in replies] == [("dc09", "carried")] * len(tests)
        assert made.rig.outputs.last.lamp is Lamp.OFF


def test_a_refused_test_is_kept_as_refused(tmp_path: Path) -> None:
    with site(tmp_path, works=False) as made:
        made.turns(700, every_s=5)
        made.dc09.show(made.dc09.events[0], Outcome.REFUSED, '"DUH"0001R0L0#1234[]')
        made.turns(1)

        assert [one["outcome"] for one in health(made.store) if one["kind"] == "path.test"] == ["refused"]


def test_a_weekly_drill_is_asked_for_and_never_begun_by_the_clock(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.turns(8 * 86_400, every_s=600)
        made.rig.bridge.say_alive()
        made.turns(1)

        (bridge,) = [part for part in parts(made.store) if part.name == "bridge"]
        assert bridge.detail["drill_due"] is True
        assert open_alerts(made.store) == []


def test_what_the_sign_of_life_tells_has_nothing_of_a_silent_alert(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.rig.finger("knee")
        made.rig.bridge.say_alive()
        made.turns(1)

        (bridge,) = [part for part in parts(made.store) if part.name == "bridge"]
        assert (bridge.detail["open_alerts"], bridge.detail["unrecorded"], bridge.ok) == (0, 0, True)
        assert [alert.code for alert in open_alerts(made.store)] == [AlertCode.SILENT]


def test_a_path_that_is_lost_is_a_fault_once_it_has_stood_for_its_time_and_a_recovery(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.dc09.wrong = ("pusat alarm DC-09 tidak menjawab",)
        well, made.sms.health = made.sms.health, msgspec.structs.replace(made.sms.health, registration=2)
        made.turns(30)
        assert made.rig.outputs.last.faults == ("pusat alarm DC-09 tidak menjawab",)
        made.turns(40)
        assert "modem SMS: mencari jaringan" in made.rig.outputs.last.faults
        made.dc09.wrong, made.sms.health = (), well
        made.turns(5)

        assert not made.rig.outputs.last.faults
        told = [(one["kind"], one["fault"]) for one in health(made.store) if "fault" in one and "words" in one]
        assert told[:2] == [("box.fault", "dc09"), ("box.fault", "modem")]
        assert sorted(told[2:]) == [("box.recovered", "dc09"), ("box.recovered", "modem")]


def test_a_client_that_cannot_be_made_is_a_fault_and_the_siren_goes_on(tmp_path: Path) -> None:
    clock = ManualClock()

    class Unmade(PlayedSms):
        def __init__(self) -> None:
            raise OSError("no such pin")

    with site(tmp_path, clock=clock, sms=PlayedSms(clock), dc09=PlayedReceiver(clock)) as made:
        made.sms.is_alive = False
        made.make_sms = Unmade
        made.turns(80)
        alert = made.press()
        made.turns(6)

        assert made.rig.outputs.last.siren
        assert any("no such pin" in word for word in made.rig.outputs.last.faults)
        assert [step.path for step in steps(made.store, alert.id)] == ["dc09", "dc09"]
