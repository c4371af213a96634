"""A serial wire that does its worst, and each end dying in the middle of a hold, with a real MicroPython at the other.

Whatever happens in between, every press is on disk exactly once, and none that nobody made.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.panel.codec import EVENT
from firmware_bridge.panel.frames import Frame, to_bytes
from tests.bridge.panel.micropython import NORMAL, PRESSED, PlayedBoard
from tests.bridge.panel.rig import PanelRig, faulty, kind_of, panel_rig


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    seed=st.integers(0, 100_000),
    holds_ms=st.lists(st.one_of(st.integers(20, 900), st.integers(1_100, 1_600)), min_size=1, max_size=5),
)
def test_every_press_is_on_disk_once_and_none_is_invented_over_a_wire_that_loses_a_fifth(
    micropython: PlayedBoard, seed: int, holds_ms: Sequence[int]
) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, panel_rig(Path(folder), micropython) as rig:
        rig.wire.fate = faulty(chance, lost=0.2)
        for held_ms in holds_ms:
            rig.finger(round(held_ms, -1) / 1000)
            rig.turns(chance.choice((0.1, 0.3, 0.9)))
        rig.turns(3)

        assert rig.presses() == sum(held_ms > 1_000 for held_ms in holds_ms)
        assert rig.held == 0


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_every_press_is_on_disk_once_however_often_host_and_port_die(micropython: PlayedBoard, seed: int) -> None:
    chance = random.Random(seed)
    made = 0
    with tempfile.TemporaryDirectory() as folder, panel_rig(Path(folder), micropython) as rig:
        rig.wire.fate = faulty(chance, lost=0.2)
        for _ in range(3):
            long = chance.random() < 0.6
            made += long
            rig.cables["panic"] = PRESSED
            left_s = 1.3 if long else 0.6
            while left_s > 0:
                part_s = min(left_s, chance.uniform(0.05, 0.7))
                rig.turns(round(part_s, 2))
                left_s -= part_s
                if chance.random() < 0.5:
                    rig.kill_host()
                    rig.turns(chance.uniform(0, 0.02))
                    rig.start_host()
                else:
                    rig.wire.vanish()
                    rig.turns(0.02)
                    rig.wire.is_there = True
                left_s -= 0.02
            rig.cables["panic"] = NORMAL
            rig.turns(0.5)
        rig.turns(12)

        assert rig.presses() == made
        assert rig.held == 0


def test_a_port_that_vanishes_in_the_middle_of_a_press_and_comes_back_loses_nothing(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.wire.vanish()
    rig.turns(2.5)
    assert rig.presses() == 0  # nobody knows whether the finger stayed
    assert "kotak tombol tidak terhubung" in rig.faults()

    rig.wire.is_there = True
    rig.cables["panic"] = NORMAL
    rig.turns(4)

    assert rig.presses() == 1
    assert rig.faults() == []


def test_a_release_while_the_port_was_gone_ends_the_hold_where_it_ended(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.wire.vanish()
    rig.turns(0.2)
    rig.cables["panic"] = NORMAL
    rig.turns(3)
    rig.wire.is_there = True
    rig.turns(4)

    assert rig.presses() == 0


def test_a_release_that_the_wire_loses_is_not_counted_as_holding_on(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.wire.fate = lambda frame: [] if kind_of(frame) == EVENT else [(0, frame)]
    rig.cables["panic"] = NORMAL
    rig.turns(3)
    assert rig.presses() == 0

    rig.wire.fate = lambda frame: [(0, frame)]
    rig.turns(2)

    assert rig.presses() == 0
    assert rig.held == 0


def test_a_board_that_dies_in_the_middle_of_a_hold_without_the_line_noticing_presses_nothing(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.power_off()
    rig.turns(7)

    assert rig.presses() == 0
    assert rig.faults() == ["kotak tombol tidak terhubung"]


def test_a_power_cut_of_the_board_in_the_middle_of_a_hold_is_no_press_and_a_finger_that_stays_is_stuck(
    rig: PanelRig,
) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.6)
    rig.power_on()
    rig.turns(5)

    assert rig.presses() == 0
    assert rig.faults() == ["tombol panic macet"]

    rig.finger(1.2, "fire")
    rig.turns(0.5)
    assert [alert.code.value for alert in rig.alerts()] == ["fire"]


def test_after_a_power_cut_the_next_press_counts_even_when_the_new_greeting_is_lost(rig: PanelRig) -> None:
    rig.finger(1.2)
    rig.turns(0.5)
    greetings = iter([False] * 1)

    def lose_the_first_greeting(frame: bytes) -> Sequence[tuple[int, bytes]]:
        return [] if kind_of(frame) == 0x01 and not next(greetings, True) else [(0, frame)]

    rig.wire.fate = lose_the_first_greeting
    rig.power_on()
    rig.turns(0.1)
    rig.finger(1.2)
    rig.turns(3)

    assert rig.presses() == 2
    assert rig.held == 0


def test_a_host_that_is_killed_in_the_middle_of_a_hold_raises_the_press_once(rig: PanelRig) -> None:
    rig.cables["panic"] = PRESSED
    rig.turns(0.5)
    rig.kill_host()
    rig.turns(1)
    rig.start_host()
    rig.turns(0.5)
    rig.cables["panic"] = NORMAL
    rig.turns(1)

    assert rig.presses() == 1
    assert rig.held == 0


def test_a_host_that_is_killed_between_commit_and_acknowledgement_raises_no_second(rig: PanelRig) -> None:
    rig.wire.fate = lambda frame: [] if kind_of(frame) == 0x43 else [(0, frame)]
    rig.finger(1.2)
    rig.turns(0.5)
    assert rig.presses() == 1
    assert rig.held == 2

    rig.kill_host()
    rig.wire.fate = lambda frame: [(0, frame)]
    rig.start_host()
    rig.turns(2)

    assert rig.presses() == 1
    assert rig.held == 0


def test_a_lost_acknowledgement_never_makes_one_long_hold_of_two_taps(rig: PanelRig) -> None:
    """The host decides about a tap and says so event by event; of all it says only the release's word arrives."""
    rig.wire.fate = lambda frame: [] if kind_of(frame) == 0x43 else [(0, frame)]
    rig.finger(0.3)
    rig.turns(2)
    rig.finger(0.3)
    rig.turns(0.2)
    assert rig.held == 4
    rig.wire.to_board()
    body = bytes.fromhex(f"{0xB0070000 + 1:08x}" + "02" + "00000002" + "00000003")
    rig.kill_host()
    rig.wire.inject_to_board(to_bytes(Frame(1, 0x43, 999, body)))
    rig.turns(0.1)
    rig.wire.fate = lambda frame: [(0, frame)]
    rig.start_host()
    rig.turns(2)

    assert rig.presses() == 0
    assert rig.held == 0


def test_presses_while_no_host_was_there_are_raised_when_it_comes(rig: PanelRig) -> None:
    rig.kill_host()
    for _ in range(3):
        rig.finger(1.2)
        rig.turns(0.4)
    rig.finger(0.3)
    rig.turns(30)
    rig.start_host()
    rig.turns(2)

    assert rig.presses() == 3
    assert rig.held == 0
