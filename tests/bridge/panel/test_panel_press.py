"""From a finger on a real MicroPython's input to a row on disk, and what is no press at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from firmware_bridge.panel.codec import PONG
from kiosk.core.clock import ManualClock
from tests.bridge.panel.micropython import CUT, NORMAL, PRESSED, SHORT, PlayedBoard
from tests.bridge.panel.rig import PanelRig, kind_of, panel_rig


def test_a_hold_of_one_second_is_one_press_on_disk(rig: PanelRig) -> None:
    rig.finger(1.2)
    rig.turns(0.3)

    assert rig.presses() == 1
    assert rig.held == 0


def test_the_alert_is_on_disk_and_the_siren_on_within_half_a_second_of_the_hold(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.99)
    assert rig.presses() == 0

    rig.turns(0.1)

    assert rig.presses() == 1
    assert rig.levels[0]
    assert rig.levels[2] or rig.clock.now().mono_ms % 400 >= 200


def test_the_light_answers_the_finger_within_100_ms_of_a_stable_edge(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.13)

    siren, _, *lamps = rig.levels[:5]
    assert lamps == [True, False, False]
    assert not siren


@pytest.mark.parametrize("held_s", [0.01, 0.03, 0.4, 0.95])
def test_a_tap_is_no_press(rig: PanelRig, held_s: float) -> None:
    rig.finger(held_s)
    rig.turns(2)

    assert rig.presses() == 0
    assert rig.held == 0


def test_a_host_whose_clock_stands_at_1970_takes_a_press_as_any_other(tmp_path: Path, micropython: PlayedBoard) -> None:
    with panel_rig(tmp_path, micropython, clock=ManualClock(wall_ms=0, mono_ms=900)) as rig:
        rig.finger(1.2)
        rig.turns(0.5)
        (alert,) = rig.alerts()

        assert (alert.presses, alert.raised_ms < 60_000) == (1, True)
        assert rig.held == 0


def test_a_button_that_is_closed_when_the_board_starts_is_a_fault_and_no_alert(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.power_on()
    rig.turns(5)

    assert rig.presses() == 0
    assert rig.faults() == ["tombol panic macet"]


def test_a_press_is_taken_among_spikes_of_10_ms_for_a_minute(rig: PanelRig) -> None:
    chance = random.Random(7)
    for second in range(60):
        pressing = second in (30, 31)
        for _ in range(10):
            rig.cables["panic"] = NORMAL if pressing else PRESSED
            rig.turns(0.01)
            rig.cables["panic"] = PRESSED if pressing else NORMAL
            rig.turns(0.09 if chance.random() < 0.5 else 0.07)
    rig.turns(1)

    assert rig.presses() == 1
    assert rig.held == 0


def test_more_noise_than_the_board_can_hold_invents_no_press(tmp_path: Path, micropython: PlayedBoard) -> None:
    with panel_rig(tmp_path, micropython) as rig:
        rig.power_on(places=16)
        rig.turns(0.5)
        rig.cables["panic"] = PRESSED
        rig.turns(0.3)  # the host knows of a finger
        rig.wire.vanish()
        rig.turns(0.1)
        for _ in range(40):  # and misses that it left, and everything after
            rig.cables["panic"] = NORMAL
            rig.turns(0.05)
            rig.cables["panic"] = PRESSED
            rig.turns(0.05)
        rig.cables["panic"] = NORMAL
        rig.wire.is_there = True
        rig.turns(8)
        assert rig.presses() == 0
        assert rig.held == 0

        rig.finger(1.2)
        rig.turns(0.5)
        assert rig.presses() == 1


@pytest.mark.parametrize("reading", [CUT, SHORT])
def test_a_cable_that_fails_in_the_middle_of_a_hold_is_no_press(rig: PanelRig, reading: int) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.cables["panic"] = reading
    rig.turns(3)

    assert rig.presses() == 0


def test_a_wet_cable_that_dries_slowly_through_every_band_is_no_press(rig: PanelRig) -> None:
    rig.cables["panic"] = SHORT
    rig.turns(2)
    for tenth in range(60):
        rig.cables["panic"] = SHORT + (NORMAL - SHORT) * tenth // 60
        rig.turns(0.1)
    assert rig.presses() == 0

    rig.cables["panic"] = NORMAL
    rig.turns(0.5)
    rig.finger(1.2)
    rig.turns(0.5)
    assert rig.presses() == 1


def test_a_press_counts_at_once_on_a_cable_that_comes_back_after_a_cut(rig: PanelRig) -> None:
    rig.cables["panic"] = CUT
    rig.turns(2)
    rig.finger(1.2)
    rig.turns(0.5)
    assert rig.presses() == 1


def test_a_loop_that_is_held_up_for_two_seconds_reads_the_same_holds(rig: PanelRig) -> None:
    bridge, rig.bridge = rig.bridge, None
    rig.finger(0.6)
    rig.turns(0.2)
    rig.finger(1.2)
    rig.turns(0.3)
    rig.bridge = bridge
    rig.turns(1)

    assert rig.presses() == 1
    assert rig.held == 0


def test_beats_come_while_a_finger_is_on_the_button_and_not_otherwise(rig: PanelRig) -> None:
    beats: list[bytes] = []

    def count(frame: bytes) -> Sequence[tuple[int, bytes]]:
        if kind_of(frame) == PONG:
            beats.append(frame)
        return [(0, frame)]

    rig.turns(1)
    rig.wire.fate = count
    rig.turns(3)
    assert len(beats) == 3

    rig.finger(0.5)
    assert len(beats) >= 13
