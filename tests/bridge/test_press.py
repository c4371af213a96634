"""Holding for a second is a press; a tap, noise and a button that was closed at start are not."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.debounce import Edge
from firmware_bridge.press import Freed, Lit, Pressed, Presses, PressEvent, Released, Stuck


def started(**levels: bool) -> Presses:
    presses = Presses(debounce_ms=30, hold_ms=1_000)
    presses.restart(levels or {"panic": False}, 0)
    return presses


def played(presses: Presses, edges: Sequence[Edge], until_ms: int, every_ms: int = 20) -> list[PressEvent]:
    """Feeds edges as they happen to a loop that turns every so often."""
    events: list[PressEvent] = []
    coming = list(edges)
    for now_ms in range(0, until_ms + every_ms, every_ms):
        while coming and coming[0].mono_ms <= now_ms:
            events += presses.edge(coming.pop(0))
        events += presses.tick(now_ms)
    return events


def finger(down_ms: int, up_ms: int, name: str = "panic") -> list[Edge]:
    return [Edge(name, True, down_ms, f"{name}-{down_ms}"), Edge(name, False, up_ms, f"{name}-{up_ms}")]


def bounced(edges: Sequence[Edge], seed: int) -> list[Edge]:
    """The same edges as a worn contact gives them: up to 12 ms of rattling after each."""
    chance = random.Random(seed)
    found: list[Edge] = []
    for edge in edges:
        at_ms, level = edge.mono_ms, edge.level
        found.append(edge)
        for _ in range(chance.randint(0, 3) * 2):
            at_ms, level = at_ms + chance.randint(1, 2), not level
            found.append(Edge(edge.input, level, at_ms, f"{edge.input}-{at_ms}"))
    return found


def test_a_hold_of_one_second_is_a_press_and_the_light_answers_first() -> None:
    events = played(started(), finger(100, 1_400), 2_000)

    assert events == [Lit("panic", 100), Pressed("panic", 1_100, "panic-100"), Released("panic", 1_400)]


def test_the_light_answers_within_100_ms_of_the_edge() -> None:
    presses = started()
    presses.edge(Edge("panic", True, 1_000))

    assert presses.tick(1_100) == [Lit("panic", 1_000)]
    assert presses.is_lit("panic")


@pytest.mark.parametrize("held_ms", [5, 29, 30, 400, 999])
def test_less_than_one_second_raises_nothing(held_ms: int) -> None:
    events = played(started(), finger(100, 100 + held_ms), 5_000)

    assert not [event for event in events if isinstance(event, Pressed)]


def test_a_tap_of_less_than_30_ms_does_not_even_light_the_button() -> None:
    assert played(started(), finger(100, 129), 3_000) == []


def test_one_hold_is_one_press_however_long_it_lasts() -> None:
    events = played(started(), finger(100, 30_000), 31_000)

    assert [type(event) for event in events] == [Lit, Pressed, Released]


@given(seed=st.integers(0, 10_000), every_ms=st.integers(1, 400), holds_ms=st.lists(st.integers(60, 3_000), max_size=6))
def test_every_real_hold_is_one_press_whatever_the_contact_and_the_loop_do(
    seed: int, every_ms: int, holds_ms: list[int]
) -> None:
    edges: list[Edge] = []
    at_ms = 100
    for held_ms in holds_ms:
        edges += finger(at_ms, at_ms + held_ms)
        at_ms += held_ms + 200

    events = played(started(), bounced(edges, seed), at_ms + 2_000, every_ms)

    pressed = sum(isinstance(event, Pressed) for event in events)
    clearly, hardly = sum(held > 1_012 for held in holds_ms), sum(held >= 988 for held in holds_ms)
    assert clearly <= pressed <= hardly  # a rattle of 12 ms may fall on either side of the second


@given(seed=st.integers(0, 10_000))
def test_a_real_press_is_taken_among_spikes_of_10_ms_for_a_minute(seed: int) -> None:
    chance = random.Random(seed)
    spikes, at_ms = [], 0
    while at_ms < 60_000:
        at_ms += chance.randint(55, 250)
        spikes += [at_ms, at_ms + 10]
        at_ms += 10
    pressed_ms, released_ms = 30_000, 31_500
    flips = sorted([(at, "spike") for at in spikes] + [(pressed_ms, "finger"), (released_ms, "finger")])
    level, edges = False, []
    for flip_ms, _ in flips:  # a spike inverts whatever level there is, also that of a held button
        level = not level
        edges.append(Edge("panic", level, flip_ms))

    events = played(started(), edges, 61_000)

    pressed = [event for event in events if isinstance(event, Pressed)]
    assert len(pressed) == 1
    assert 31_000 <= pressed[0].mono_ms <= 31_100


def test_a_button_closed_at_start_is_a_fault_within_five_seconds_and_no_alert() -> None:
    events = played(started(panic=True), [], 60_000)

    assert [type(event) for event in events] == [Stuck]
    assert events[0].mono_ms <= 5_000


def test_the_other_button_works_beside_a_stuck_one() -> None:
    events = played(started(panic=True, fire=False), finger(6_000, 7_500, "fire"), 9_000)

    assert [event.input for event in events if isinstance(event, Pressed)] == ["fire"]


def test_a_stuck_button_works_again_once_it_has_opened() -> None:
    presses = started(panic=True)
    edges = [Edge("panic", False, 8_000), *finger(10_000, 11_500)]

    events = played(presses, edges, 13_000)

    assert [type(event) for event in events] == [Stuck, Freed, Lit, Pressed, Released]


def test_a_button_that_opens_soon_after_start_is_no_fault() -> None:
    events = played(started(panic=True), [Edge("panic", False, 1_500)], 10_000)

    assert [type(event) for event in events] == [Released]


def test_a_button_that_nobody_lets_go_of_becomes_a_fault_after_its_one_alert() -> None:
    events = played(started(), [Edge("panic", True, 0, "k")], 300_000)

    assert [type(event) for event in events] == [Lit, Pressed, Stuck]


def test_a_hold_is_not_counted_beyond_what_is_known_of_the_line() -> None:
    presses = started()
    presses.edge(Edge("panic", True, 100))
    presses.tick(600)  # the line was lost at 600 ms: time goes on, knowledge does not

    assert not [event for event in presses.tick(600) if isinstance(event, Pressed)]
    assert presses.is_lit("panic")


def test_a_source_that_starts_anew_ends_a_hold_without_a_press() -> None:
    presses = started()
    presses.edge(Edge("panic", True, 100))
    presses.tick(500)

    events = presses.restart({"panic": True}, 700)

    assert events == [Released("panic", 700)]
    assert [type(event) for event in presses.tick(10_000)] == [Stuck]


def test_edges_are_decided_only_when_the_hold_is() -> None:
    presses = started()
    presses.edge(Edge("panic", True, 100))
    assert not presses.is_decided("panic")
    presses.tick(900)
    assert not presses.is_decided("panic")

    presses.tick(1_100)

    assert presses.is_decided("panic")


def test_noise_is_decided_as_soon_as_it_has_passed() -> None:
    presses = started()
    for edge in finger(100, 110):
        presses.edge(edge)

    assert presses.is_decided("panic")
