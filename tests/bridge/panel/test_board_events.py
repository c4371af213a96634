"""The firmware's core in a real MicroPython: what it keeps, repeats and tells."""

from __future__ import annotations

from itertools import pairwise

import pytest

from firmware_bridge.frames import (
    BoxCondition,
    BoxEdge,
    BoxHello,
    BoxPong,
    FromBox,
    HostAck,
    HostHello,
    HostPing,
)
from tests.bridge.panel.hand import BOOT, Host, conditions
from tests.bridge.panel.micropython import CUT, NORMAL, PRESSED, SHORT, PlayedBoard


def test_it_greets_when_it_gets_power_and_when_a_host_comes(micropython: PlayedBoard) -> None:
    host = Host(micropython, greets=False)
    (first,) = host.step()
    assert host.wait(2_000, pings=False) == []

    (second,) = host.step(HostHello(1, 7))

    assert isinstance(first, BoxHello)
    assert isinstance(second, BoxHello)
    assert (first.board, first.boot, first.levels) == (
        "0000000000002e8a",
        f"{BOOT:08x}",
        {"panic": False, "fire": False},
    )
    assert second.at_ms > first.at_ms


def test_nothing_is_said_to_a_host_that_has_been_silent_for_ten_seconds(host: Host) -> None:
    host.cables["panic"] = PRESSED
    assert host.wait(9_000, pings=False)
    host.wait(1_500, pings=False)

    assert host.wait(3_000, pings=False) == []
    assert host.held == 1


def test_an_edge_is_sent_at_once_and_again_every_500_ms_until_it_is_acknowledged(host: Host) -> None:
    host.cables["panic"] = PRESSED
    times = [
        host.now_ms for _ in range(200) for frame in host.step() if isinstance(frame, BoxEdge) and frame.counter == 1
    ]
    assert times[0] - 10 <= 30
    assert len(times) in (4, 5)
    assert max(after - before for before, after in pairwise(times)) <= 510

    host.step(HostAck(f"{BOOT:08x}", [1]))

    assert not [frame for frame in host.wait(2_000) if isinstance(frame, BoxEdge)]
    assert host.held == 0


def test_an_acknowledgement_for_another_boot_changes_nothing(host: Host) -> None:
    host.cables["panic"] = PRESSED
    host.wait(50)
    host.step(HostAck("00000001", [1]))

    assert host.held == 1


def test_a_ping_is_answered_with_the_boards_time_and_what_it_holds(host: Host) -> None:
    host.cables["panic"] = PRESSED
    host.wait(50)
    pongs = [frame for frame in host.step(HostPing(12)) if isinstance(frame, BoxPong)]

    assert pongs == [BoxPong(12, host.now_ms, f"{BOOT:08x}", newest=1)]


def test_a_thousand_events_are_held_and_sent_in_turns(micropython: PlayedBoard) -> None:
    host = Host(micropython)
    host.now_ms += 100_000
    for _ in range(500):
        assert micropython.ask("turns", now_ms=host.now_ms, every_ms=5, turns=1, cables=[PRESSED, NORMAL])
        micropython.ask("turns", now_ms=host.now_ms + 5, every_ms=5, turns=1, cables=[NORMAL, NORMAL])
        host.now_ms += 10
    host.step(HostHello(1, 2))
    assert host.held == 1_000

    seen = [frame for frame in host.wait(12_000, every_ms=50) if isinstance(frame, BoxEdge)]

    assert {frame.counter for frame in seen} == set(range(1, 1_001))
    host.step(HostAck(f"{BOOT:08x}", [1_000]))
    assert host.held == 0


def test_a_full_board_forgets_the_oldest_and_says_up_to_where(micropython: PlayedBoard) -> None:
    host = Host(micropython, places=8)
    for turn in range(20):
        host.cables["panic"] = NORMAL if turn % 2 else PRESSED
        host.step()
    hello = next(frame for frame in host.step(HostHello(1, 3)) if isinstance(frame, BoxHello))

    assert host.held == 8
    assert (hello.forgotten, hello.newest) == (12, 20)
    edges = [frame for frame in host.wait(600) if isinstance(frame, BoxEdge)]
    assert edges[0].counter == 13
    assert edges[0].before == 12


def test_the_four_states_of_a_cable_are_told_apart(micropython: PlayedBoard) -> None:
    assert micropython.ask("classify", readings=[NORMAL, PRESSED, SHORT, CUT, NORMAL]) == [2, 1, 0, 3, 2]


@pytest.mark.parametrize("share", [0.20, 0.52, 0.84])
def test_a_reading_on_a_border_does_not_chatter(micropython: PlayedBoard, share: float) -> None:
    border = int(share * 65_535)
    shaking = [border + way * 1_500 for way in (-1, 1) * 50]

    for start in (0, 65_535):
        states = micropython.ask("classify", readings=[start, *shaking])
        assert len(set(states[1:])) == 1


@pytest.mark.parametrize(("reading", "state"), [(CUT, "cut"), (SHORT, "short")])
def test_cut_and_short_are_two_faults_and_neither_is_an_edge(host: Host, reading: int, state: str) -> None:
    host.cables["panic"] = reading
    told = host.wait(1_000)
    assert conditions(told) == [("loop/panic", state)]
    assert not [frame for frame in told if isinstance(frame, BoxEdge)]

    host.cables["panic"] = NORMAL
    assert conditions(host.wait(1_500)) == [("loop/panic", state)]
    assert ("loop/panic", "normal") in conditions(host.wait(1_500))


def test_a_loose_wire_does_not_fill_the_journal(host: Host) -> None:
    told: list[FromBox] = []
    for _ in range(100):
        host.cables["panic"] = CUT
        told += host.wait(100)
        host.cables["panic"] = NORMAL
        told += host.wait(100)

    assert conditions(told) == []


def test_lid_and_supply_are_told_with_what_was_measured(host: Host) -> None:
    host.lid_open, host.supply_mv = True, 10_321
    told = host.wait(3_000)
    assert conditions(told) == [("board/lid", "open"), ("board/supply", "low")]
    assert {frame.value for frame in told if isinstance(frame, BoxCondition) and frame.part == "board/supply"} == {
        10_321
    }

    host.lid_open, host.supply_mv = False, 10_700  # above the limit, but not by the hysteresis
    assert conditions(host.wait(6_000))[2:] == [("board/lid", "normal")]
    host.supply_mv = 16_000
    assert conditions(host.wait(3_000))[-1] == ("board/supply", "high")
    host.supply_mv = 12_000
    assert conditions(host.wait(6_000))[-1] == ("board/supply", "normal")


def test_the_greeting_says_what_is_wrong_now(host: Host) -> None:
    host.lid_open, host.cables["fire"] = True, SHORT
    host.wait(1_000)
    hello = next(frame for frame in host.step(HostHello(1, 9)) if isinstance(frame, BoxHello))

    assert hello.conditions == {"board/lid": "open", "loop/fire": "short"}
