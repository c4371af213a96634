"""The loop: a press is on disk before anything is shown, and what is shown follows from the rows alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from firmware_bridge.bridge import TURN_S
from firmware_bridge.debounce import Edge
from firmware_bridge.ports import DEAD_MAN_MS, Command, Reading, Started
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.alerts import advance
from kiosk.store.journal import events
from tests.bridge.rig import SETTINGS, PlayedSource, Rig, SeenOutputs, alerts_on_disk, rig


def health(made: Rig) -> list[tuple[str, dict[str, object]]]:
    found = events(made.store, Lane.HEALTH, 0, 100)
    return [(event.kind, msgspec.json.decode(event.body)) for event in found]


def test_the_alert_is_committed_before_siren_lamp_or_words_say_so(tmp_path: Path) -> None:
    seen: list[int] = []

    def look(command: Command) -> None:
        if command.siren or command.lamp is Lamp.RED_FAST:
            seen.append(alerts_on_disk(tmp_path / "kiosk.db"))

    with rig(tmp_path) as made:
        made.outputs.on_show = look
        made.finger()

    assert seen
    assert set(seen) == {1}


class WatchedSource(PlayedSource):
    """Remembers for how long the loop was ready to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_s: list[float] = []

    def read(self, timeout_s: float) -> Sequence[Reading]:
        self.waited_s.append(timeout_s)
        return super().read(timeout_s)


def test_a_hold_that_became_complete_between_two_turns_is_not_waited_for(tmp_path: Path) -> None:
    source = WatchedSource()
    with rig(tmp_path, source=source) as made:
        source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.98)
        made.clock.advance(0.020)
        source.waited_s.clear()
        made.bridge.turn()

        assert source.waited_s == [0.0]
        assert made.outputs.last.siren


def test_a_hold_that_only_the_boxs_next_word_can_prove_is_waited_for_like_any_edge(tmp_path: Path) -> None:
    source = WatchedSource()
    with rig(tmp_path, source=source) as made:
        source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.5)
        source.lost_at_ms = made.clock.now().mono_ms
        made.turns(1.0)

        assert source.waited_s[-1] == TURN_S
        assert not made.outputs.last.siren


def test_the_edges_of_a_press_are_acknowledged_only_after_its_commit(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.98)
        assert made.source.settled == []

        made.turns(0.1)

        assert made.source.settled == ["panic"]
        assert len(made.alerts()) == 1


def test_siren_and_fast_red_are_commanded_in_the_turn_of_the_commit(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.98)
        assert made.outputs.last.lamp is Lamp.RED_STEADY
        assert not made.outputs.last.siren

        made.turns(0.04)

        assert (made.outputs.last.lamp, made.outputs.last.siren) == (Lamp.RED_FAST, True)
        assert made.outputs.last.message == "Mengirim…"
        assert made.outputs.last.rhythm.name == "titir"


def test_a_tap_raises_nothing_and_is_forgotten(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.finger(held_s=0.5)

        assert made.alerts() == []
        assert made.source.settled == ["panic"]
        assert made.outputs.last.lamp is Lamp.OFF


def test_each_button_raises_its_own_code(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.finger("fire")

        assert [alert.code for alert in made.alerts()] == [AlertCode.FIRE]


def test_a_second_press_joins_the_open_alert(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.finger(key="box:b1:1")
        made.finger(key="box:b1:3")

        assert [alert.presses for alert in made.alerts()] == [2]


def test_a_press_that_is_delivered_again_after_a_crash_is_not_raised_again(tmp_path: Path) -> None:
    clock = ManualClock()
    with rig(tmp_path, clock=clock) as made:
        made.finger(key="box:b1:1")

    clock.advance(3_600)
    with rig(tmp_path, clock=clock) as again:
        again.finger(key="box:b1:1")
        assert set(again.source.settled) == {"panic"}
        assert [alert.presses for alert in again.alerts()] == [1]

        again.finger(key="box:b2:1")

        assert len(again.alerts()) == 2


def test_a_joined_press_that_is_delivered_again_is_not_raised_again(tmp_path: Path) -> None:
    clock = ManualClock()
    with rig(tmp_path, clock=clock) as made:
        made.finger(key="box:b1:1")
        made.finger(key="box:b1:3")

    clock.advance(60)
    with rig(tmp_path, clock=clock) as again:
        again.finger(key="box:b1:3")

        assert [alert.presses for alert in again.alerts()] == [2]


def test_the_lamp_follows_the_evidence_that_others_write(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.finger()
        alert = made.alerts()[0]
        seen = []
        for action, officer in (
            (AlertAction.HAND, None),
            (AlertAction.CARRY, None),
            (AlertAction.RECEIVE, None),
            (AlertAction.ACKNOWLEDGE, "Ipda Sari"),
            (AlertAction.DISPATCH, "Ipda Sari"),
            (AlertAction.CLOSE, "Ipda Sari"),
        ):
            advance(made.store, alert.id, action, "test", officer=officer)
            made.rounds.forget_rows()  # one store here: its own commits do not change its data_version
            made.turns(0.02)
            seen.append((made.outputs.last.lamp, made.outputs.last.siren))

        assert seen == [
            (Lamp.RED_FAST, True),
            (Lamp.AMBER_SLOW, True),
            (Lamp.AMBER_SLOW, True),
            (Lamp.GREEN, False),
            (Lamp.GREEN, False),
            (Lamp.OFF, False),
        ]


def test_nobody_answering_for_100_s_is_said_and_kept(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.finger()
        made.turns(98, every_s=0.5)
        assert made.alerts()[0].state is AlertState.RAISED

        made.turns(3, every_s=0.5)

        assert made.alerts()[0].state is AlertState.UNANSWERED
        assert made.outputs.last.lamp is Lamp.RED_AMBER
        assert made.outputs.last.siren
        assert "110" in made.outputs.last.message


def test_an_open_alert_goes_on_after_a_crash_with_its_first_time(tmp_path: Path) -> None:
    clock = ManualClock()
    with rig(tmp_path, clock=clock) as made:
        made.finger()
        first = made.alerts()[0]

    clock.advance(30)
    with rig(tmp_path, clock=clock) as again:
        assert again.outputs.last.siren
        assert again.outputs.last.lamp is Lamp.RED_FAST
        again.turns(70, every_s=0.5)

        assert [alert.id for alert in again.alerts()] == [first.id]
        assert again.alerts()[0].raised_ms == first.raised_ms
        assert again.alerts()[0].state is AlertState.UNANSWERED


def test_an_unanswered_alert_sounds_again_after_a_reboot(tmp_path: Path) -> None:
    clock = ManualClock(boot="before", mono_ms=9_000_000)
    with rig(tmp_path, clock=clock) as made:
        made.finger()

    rebooted = ManualClock(boot="after", mono_ms=20_000)
    with rig(tmp_path, clock=rebooted) as again:
        assert again.outputs.last.siren
        again.turns(81, every_s=0.5)

        assert again.alerts()[0].state is AlertState.UNANSWERED


def test_a_button_stuck_at_boot_is_a_fault_and_the_other_works(tmp_path: Path) -> None:
    with rig(tmp_path, source=PlayedSource({"panic": True, "fire": False}, 1_000)) as made:
        made.turns(5)
        assert made.alerts() == []
        assert not any(command.siren for command in made.outputs.commands)
        assert health(made) == [("box.fault", {"input": "panic", "fault": "stuck"})]
        assert made.outputs.last.faults == ("tombol panic macet",)

        made.finger("fire")

        assert [alert.code for alert in made.alerts()] == [AlertCode.FIRE]


def test_a_lost_line_is_said_once_and_its_return_too(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.source.wrong = ("kotak tombol tidak terhubung",)
        made.turns(1)
        assert health(made) == []
        made.turns(10)
        made.source.wrong = ()
        made.turns(1)

        assert [kind for kind, _ in health(made)] == ["box.fault", "box.recovered"]


def test_a_finger_on_a_line_that_breaks_is_no_press_until_the_line_tells_more(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.5)
        made.source.lost_at_ms = made.clock.now().mono_ms
        made.turns(5)
        assert made.alerts() == []

        released_ms = made.source.lost_at_ms + 900
        made.source.lost_at_ms = None
        made.source.coming.append(Edge("panic", False, released_ms))
        made.turns(0.1)

        assert len(made.alerts()) == 1


def test_a_button_of_the_settings_that_the_box_lacks_is_a_fault(tmp_path: Path) -> None:
    with rig(tmp_path, source=PlayedSource({"panic": False}, 1_000)) as made:
        made.turns(0.1)

        assert made.outputs.last.faults == ("tombol fire tidak ada di kotak",)


def test_an_input_that_nobody_configured_raises_nothing_and_is_forgotten(tmp_path: Path) -> None:
    with rig(tmp_path, source=PlayedSource({"panic": False, "fire": False, "door": False}, 1_000)) as made:
        made.finger("door")

        assert made.alerts() == []
        assert "door" in made.source.settled


def test_a_disk_that_refuses_the_press_does_not_silence_the_siren_nor_claim_anything(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        with closing(sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            made.finger()
            assert (made.outputs.last.lamp, made.outputs.last.siren) == (Lamp.RED_STEADY, True)
            assert "belum tercatat" in made.outputs.last.message
            assert made.source.settled == []
            assert made.bridge.unrecorded == 1
            other.execute("ROLLBACK")

        made.turns(2)

        assert [alert.evidence for alert in made.alerts()] == [Evidence.COMMITTED]
        assert made.outputs.last.lamp is Lamp.RED_FAST
        assert made.source.settled == ["panic"]


def test_outputs_are_renewed_every_second_with_a_dead_man_time(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.turns(10)

        assert len(made.outputs.commands) == pytest.approx(11, abs=1)
        assert {command.lamp_for_ms for command in made.outputs.commands} == {DEAD_MAN_MS}


@pytest.mark.parametrize(("host_lost", "most_ms"), [("finish", 180_000), ("stop", DEAD_MAN_MS)])
def test_what_the_siren_does_without_its_host_is_a_setting(tmp_path: Path, host_lost: str, most_ms: int) -> None:
    settings = msgspec.convert({**msgspec.to_builtins(SETTINGS), "host_lost": host_lost}, type(SETTINGS))
    with rig(tmp_path, settings) as made:
        made.finger()

        assert most_ms - 1_000 <= made.outputs.last.siren_for_ms <= most_ms


def test_a_source_that_starts_anew_in_the_middle_of_a_hold_raises_nothing(tmp_path: Path) -> None:
    with rig(tmp_path) as made:
        made.source.coming.append(Edge("panic", True, made.clock.now().mono_ms))
        made.turns(0.5)
        made.source.coming.append(Started({"panic": True, "fire": False}, made.clock.now().mono_ms))
        made.turns(5)

        assert made.alerts() == []
        assert made.outputs.last.faults == ("tombol panic macet",)


class SeenVoice(SeenOutputs):
    """A `Voice` that says what the test lets it."""

    wrong: tuple[str, ...] = ()

    def faults(self, now_ms: int) -> tuple[str, ...]:
        return self.wrong


def test_the_loudspeaker_hears_what_the_box_is_shown_and_its_failure_is_a_fault_and_nothing_more(
    tmp_path: Path,
) -> None:
    voice = SeenVoice()
    with rig(tmp_path, voice=voice) as made:
        made.finger()
        assert voice.commands == made.outputs.commands
        assert voice.last.message == "Mengirim…"
        voice.wrong = ("pengeras suara tidak berbunyi",)
        made.turns(3)
        assert made.outputs.last.faults == voice.wrong
        assert made.outputs.last.siren
