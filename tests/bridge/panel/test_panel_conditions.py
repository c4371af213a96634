"""What the board says of its cables, lid and supply: a fault that is told and journalled once, and never an alarm."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from firmware_bridge.condition import words
from firmware_bridge.condition_book import KIND
from firmware_bridge.panel import codec
from tests.bridge.panel.micropython import CUT, NORMAL, SHORT
from tests.bridge.panel.rig import PanelRig, kind_of


def told(rig: PanelRig) -> list[tuple[str, str]]:
    bodies = [msgspec.json.decode(event.body) for event in rig.health(KIND)]
    return [(body["part"], body["state"]) for body in bodies]


@pytest.mark.parametrize(
    ("reading", "state", "fault"),
    [(CUT, "cut", "kabel tombol panic putus"), (SHORT, "short", "kabel tombol panic korsleting")],
)
def test_a_failed_cable_is_journalled_once_and_told_until_it_is_whole(
    rig: PanelRig, reading: int, state: str, fault: str
) -> None:
    rig.cables["panic"] = reading
    rig.turns(4)
    assert told(rig) == [("loop/panic", state)]
    assert rig.faults() == [fault]
    assert rig.held == 0

    rig.cables["panic"] = NORMAL
    rig.turns(4)

    assert told(rig) == [("loop/panic", state), ("loop/panic", "normal")]
    assert rig.faults() == []
    assert rig.presses() == 0


def test_the_other_button_works_beside_a_cut_cable(rig: PanelRig) -> None:
    rig.cables["panic"] = CUT
    rig.turns(1)
    rig.finger(1.2, "fire")
    rig.turns(0.5)

    assert [alert.code.value for alert in rig.alerts()] == ["fire"]


def test_an_opened_lid_and_a_low_supply_are_told(rig: PanelRig) -> None:
    rig.lid_open, rig.supply_mv = True, 9_800
    rig.turns(6)

    assert told(rig) == [("board/lid", "open"), ("board/supply", "low")]
    assert rig.faults() == ["kotak tombol terbuka", "catu daya kotak tombol terlalu rendah"]


def test_a_lid_that_was_opened_and_shut_while_no_host_was_there_is_told_when_it_comes(rig: PanelRig) -> None:
    rig.kill_host()
    rig.lid_open = True
    rig.turns(3)
    rig.lid_open = False
    rig.turns(20)
    rig.start_host()
    rig.turns(2)

    assert told(rig) == [("board/lid", "open"), ("board/lid", "normal")]
    assert rig.held == 0


def test_a_host_that_is_killed_before_its_acknowledgement_journals_no_second(rig: PanelRig) -> None:
    rig.wire.fate = lambda frame: [] if kind_of(frame) == codec.HOST_ACK else [(0, frame)]
    rig.cables["panic"] = CUT
    rig.turns(2)
    assert rig.held == 1
    rig.kill_host()
    rig.wire.fate = lambda frame: [(0, frame)]
    rig.start_host()
    rig.turns(4)

    assert told(rig) == [("loop/panic", "cut")]
    assert rig.held == 0
    assert rig.faults() == ["kabel tombol panic putus"]


def test_what_the_disk_refuses_stays_with_the_board_until_it_is_taken(rig: PanelRig, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "kiosk.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        rig.cables["panic"] = CUT
        rig.turns(0.8)
        assert rig.held == 1
        other.rollback()
    rig.turns(2)

    assert told(rig) == [("loop/panic", "cut")]
    assert rig.held == 0


def test_a_fault_that_stood_before_the_host_came_is_told_from_the_greeting(rig: PanelRig) -> None:
    rig.cables["fire"] = SHORT
    rig.turns(3)
    rig.kill_host()
    rig.start_host()
    rig.turns(3)

    assert rig.faults() == ["kabel tombol fire korsleting"]
    assert told(rig) == [("loop/fire", "short")]


def test_a_host_that_shares_no_version_with_the_board_takes_its_presses_and_says_so(
    rig: PanelRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.kill_host()
    monkeypatch.setattr(codec, "OLDEST", 2)
    monkeypatch.setattr(codec, "NEWEST", 3)
    monkeypatch.setattr(codec.PanelCodec, "protocol", 3)
    rig.start_host()
    rig.turns(3)
    assert rig.faults() == ["kotak tombol memakai protokol 1, bukan 3"]

    rig.finger(1.2)
    rig.turns(0.3)

    assert rig.presses() == 1
    assert rig.held == 0
    assert rig.levels[0]  # the siren; the beat is not frozen, so the striker rests
    assert not rig.levels[1]


def test_a_part_or_state_that_only_a_newer_box_has_is_told_by_its_name() -> None:
    assert words({"board/other": "77", "board/lid": "9", "loop/panic": "normal"}) == [
        "kotak tombol: board/lid 9",
        "kotak tombol: board/other 77",
    ]
