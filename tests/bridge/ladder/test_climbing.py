"""The bridge climbs every path of the ladder, in its time, and only as far as nobody has answered."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from firmware_bridge.dc09.events import Report
from firmware_bridge.dc09.evidence import Outcome
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.alerts import advance, raise_alert, steps
from kiosk.store.journal import events
from tests.bridge.ladder.played import BUTTONS, LURAH, PIKET, RT, SETTINGS, PlayedSms, good_answer, site
from tests.core.ladders import EXAMPLE, LADDER
from tests.store.test_documents import bring


def test_sms_and_receiving_centre_are_told_after_five_seconds_without_a_receipt(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        made.turns(3)
        assert (made.sms.sent, made.dc09.events) == ([], [])
        made.turns(2.5)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]
        assert made.sms.sent[0].number == PIKET
        assert good_answer(alert) in made.sms.sent[0].text
        (event,) = made.dc09.events
        assert (event.report, event.code, event.zone) == (Report.RAISED, AlertCode.PANIC, 1)
        assert made.paths(alert) == [
            *[("sms/piket-1", 2), ("sms/piket-1", 3), ("sms/piket-2", 2), ("sms/piket-2", 3), ("dc09", 2), ("dc09", 3)]
        ]
        assert made.alert(alert).evidence is Evidence.CARRIED
        assert made.rig.outputs.last.lamp is Lamp.AMBER_SLOW


def test_a_network_that_is_known_to_be_down_is_not_waited_for(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.network(connected=False)
        made.press()

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]


def test_a_sync_that_has_died_is_a_network_that_is_down(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.network(connected=True)
        made.turns(11)
        made.press()
        made.turns(1.5)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]


def test_who_was_reached_by_the_post_in_time_wakes_nobody(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.network(connected=True)
        alert = made.press()
        advance(made.store, alert.id, AlertAction.RECEIVE, "mqtt")
        made.network(connected=True)
        made.turns(9)
        assert made.sms.sent == []
        made.turns(21)

        assert made.sms.told() == ["sms/petugas-2", "sms/rt-01"]  # no human has answered within 30 s


def test_the_whole_ladder_ends_in_unanswered_and_a_second_round(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        made.turns(61)
        assert "110" in made.rig.outputs.last.message
        assert made.sms.told()[-1] == "sms/lurah"
        made.turns(40)

        assert made.alert(alert).state is AlertState.UNANSWERED
        assert made.rig.outputs.last.lamp is Lamp.RED_AMBER
        assert [key for key in made.sms.told() if key.startswith("again/")] == [
            f"again/sms/{id_}" for id_ in ("piket-1", "piket-2", "petugas-2", "rt-01", "lurah")
        ]
        assert [event.key.partition("|")[2] for event in made.dc09.events] == ["dc09", "again/dc09"]
        assert len(made.sms.sent) == len(set(made.sms.told()))


def test_an_ok_from_a_listed_number_turns_the_lamp_green_with_the_name_and_ends_the_climb(tmp_path: Path) -> None:
    with site(tmp_path, works=False) as made:
        alert = made.press()
        made.turns(6)
        made.sms.answer("0812-1000-1000", good_answer(alert))
        made.turns(1)

        assert made.alert(alert).state is AlertState.ACKNOWLEDGED
        assert made.rig.outputs.last.lamp is Lamp.GREEN
        assert "Piket Polsek Cilandak" in made.rig.outputs.last.message
        assert not made.rig.outputs.last.siren
        answered = steps(made.store, alert.id)[-1]
        assert (answered.path, answered.raw) == ("sms/piket-1", good_answer(alert))
        assert made.sms.withdrawn == [f"{alert.id}|sms/piket-1", f"{alert.id}|sms/piket-2"]
        assert f"{alert.id}|dc09" in made.dc09.withdrawn
        made.turns(200, 1)
        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]


@pytest.mark.parametrize("number", ["+6281299999999", RT, "+6281210002000", "TELKOMSEL"])
def test_any_other_message_changes_nothing_and_is_logged_masked(
    tmp_path: Path, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        made.turns(6)
        before = made.alert(alert)
        made.sms.answer(number, good_answer(alert))
        made.turns(1)

        assert made.alert(alert) == before
    told = [vars(record) for record in caplog.records if record.message == "SMS changes nothing"]
    assert len(told) == 1
    assert number not in str(told)
    assert good_answer(alert).split()[-1] not in str(told)


def test_a_cancel_is_told_to_everybody_who_was_told(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        made.turns(6)
        advance(made.store, alert.id, AlertAction.CANCEL, "screen")
        made.changed_by_another()
        made.turns(60)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2", "cancel/sms/piket-1", "cancel/sms/piket-2"]
        assert "BATAL" in made.sms.sent[-1].text
        assert [event.report for event in made.dc09.events] == [Report.RAISED, Report.CANCELLED]


def test_who_is_told_only_after_the_cancel_is_told_of_the_call_first(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        advance(made.store, alert.id, AlertAction.CANCEL, "screen")
        made.changed_by_another()
        made.turns(7)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2", "cancel/sms/piket-1", "cancel/sms/piket-2"]
        assert ["BATAL" in text.text for text in made.sms.sent] == [False, False, True, True]


def test_a_closed_alert_is_withdrawn_from_every_path(tmp_path: Path) -> None:
    with site(tmp_path, works=False) as made:
        alert = made.press()
        made.turns(6)
        advance(made.store, alert.id, AlertAction.CLOSE, "posko", officer="Ipda Sari")
        made.changed_by_another()
        made.turns(1)

        assert len(made.sms.withdrawn) == 2
        assert made.dc09.withdrawn
        assert made.rig.outputs.last.lamp is Lamp.OFF


def test_a_report_that_comes_after_the_answer_is_kept_as_evidence(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        alert = made.press()
        made.turns(6)
        advance(made.store, alert.id, AlertAction.ACKNOWLEDGE, "posko", officer="Ipda Sari")
        made.changed_by_another()
        made.turns(1)
        made.sms.show(made.sms.sent[0], Evidence.RECEIVED, "+CDS: 6")
        made.turns(1)

        assert made.paths(alert)[-1] == ("sms/piket-1", 4)
        assert made.alert(alert).state is AlertState.ACKNOWLEDGED


def test_a_receiver_that_refuses_is_not_asked_again_by_this_process(tmp_path: Path) -> None:
    with site(tmp_path, works=False) as made:
        made.press()
        made.turns(6)
        made.dc09.show(made.dc09.events[0], Outcome.REFUSED, '"DUH"')
        made.turns(60)

        assert [event.key.partition("|")[2] for event in made.dc09.events] == ["dc09"]


def test_a_drill_says_so_on_every_path(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        raise_alert(made.store, AlertCode.PANIC, "screen", drill=True)
        made.changed_by_another()
        made.turns(6)

        assert all(text.text.startswith("LATIHAN") for text in made.sms.sent)
        assert all(event.drill for event in made.dc09.events)
        assert made.rig.outputs.last.message.startswith("LATIHAN")


def test_a_silent_alert_climbs_without_a_sign_at_the_box(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        quiet = made.rig.outputs.last
        before = len(made.rig.outputs.commands)
        made.rig.finger("knee", held_s=2)
        (alert,) = made.rig.alerts()
        made.turns(101)

        assert alert.code is AlertCode.SILENT
        assert {key.rpartition("/")[2] for key in made.sms.told()} == {contact.id for contact in LADDER.contacts}
        assert made.sms.sent[0].text.startswith("Darurat senyap")
        assert made.dc09.events[0].silent
        assert made.alert(alert).state is AlertState.UNANSWERED
        shown = {(one.lamp, one.siren, one.message, one.faults) for one in made.rig.outputs.commands[before:]}
        assert shown == {(quiet.lamp, False, "", ())}


def test_a_silent_button_that_is_held_for_a_minute_is_no_word_on_the_screen(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.rig.finger("knee", held_s=70)

        assert all(command.faults == () for command in made.rig.outputs.commands)
        kinds = [event.kind for event in events(made.store, Lane.HEALTH, 0, 100)]
        assert "box.fault" in kinds


def test_three_quick_presses_are_a_call_of_their_own_but_never_loud_on_a_silent_button(tmp_path: Path) -> None:
    settings = msgspec.convert({**msgspec.to_builtins(SETTINGS), "quick": {}}, BridgeSettings)
    with site(tmp_path, settings) as made:
        for name in ("panic", "knee"):
            for _ in range(3):
                made.rig.finger(name, held_s=0.2)
            made.turns(3)

        assert [alert.code for alert in made.rig.alerts()] == [AlertCode.CRIME, AlertCode.SILENT]


def test_a_fire_beats_its_own_code_and_all_else_titir(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.press("panic")
        assert made.rig.outputs.last.rhythm.name == "titir"
        made.press("fire")
        assert made.rig.outputs.last.rhythm.name == "fire"


def test_a_list_of_codes_that_is_not_there_sounds_titir_and_is_a_fault(tmp_path: Path) -> None:
    settings = msgspec.convert({**msgspec.to_builtins(SETTINGS), "beats": {"profile": "pulo"}}, BridgeSettings)
    with site(tmp_path, settings) as made:
        made.press("fire")
        assert made.rig.outputs.last.rhythm.name == "titir"
        assert any("pulo" in word for word in made.rig.outputs.last.faults)


def test_a_ladder_that_comes_in_the_middle_of_an_alert_is_climbed_and_tells_nobody_twice(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        made.press()
        made.turns(6)
        earlier = EXAMPLE.replace("after_s = 60", "after_s = 31").replace("version = 3", "version = 4")
        bring(made.store, earlier.encode(), 2, "ladder")
        made.changed_by_another()
        made.turns(28)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2", "sms/petugas-2", "sms/rt-01", "sms/lurah"]
        assert made.sms.sent[-1].number == LURAH


def test_a_ladder_that_cannot_be_used_leaves_the_one_before_in_force_and_says_so(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        bring(made.store, b"rungs = []\n", 2, "ladder")
        made.changed_by_another()
        made.press()
        made.turns(6)

        assert made.sms.told() == ["sms/piket-1", "sms/piket-2"]
        assert any("ladder versi 2" in word for word in made.rig.outputs.last.faults)


def test_without_a_ladder_the_default_still_tells_the_receiving_centre_and_says_unanswered(tmp_path: Path) -> None:
    with site(tmp_path, ladder="") as made:
        alert = made.press()
        made.turns(101)

        assert made.sms.sent == []
        assert [event.report for event in made.dc09.events] == [Report.RAISED, Report.RAISED]
        assert made.alert(alert).state is AlertState.UNANSWERED


def test_a_site_may_say_unanswered_earlier_than_its_ladder(tmp_path: Path) -> None:
    settings = BridgeSettings(buttons=BUTTONS, unanswered_after_s=20)
    with site(tmp_path, settings) as made:
        alert = made.press()
        made.turns(21)

        assert made.alert(alert).state is AlertState.UNANSWERED


def test_the_message_of_a_clock_that_nobody_set_tells_no_time(tmp_path: Path) -> None:
    clock = ManualClock()
    clock.moment = msgspec.structs.replace(clock.moment, wall_ms=0, synchronised=False)
    with site(tmp_path, clock=clock) as made:
        alert = made.press()
        made.turns(101)

        assert "(jam tidak pasti)" in made.sms.sent[0].text
        assert "01/01" not in made.sms.sent[0].text
        assert made.alert(alert).state is AlertState.UNANSWERED


def test_a_client_that_died_is_replaced_and_told_again_what_nobody_has_taken(tmp_path: Path) -> None:
    with site(tmp_path, works=False) as made:
        made.press()
        made.turns(6)
        fresh = PlayedSms(made.clock)
        made.rig.carriers.sms._make = lambda: fresh
        made.sms.is_alive = False
        made.turns(20)

        assert made.sms.is_closed
        assert fresh.told() == ["sms/piket-1", "sms/piket-2"]
