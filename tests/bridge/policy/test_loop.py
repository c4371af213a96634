"""The supervised loop: a press is a press, and neither pliers nor water nor noise look like one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.debounce import Edge
from firmware_bridge.loop import Loop, LoopChanged, LoopSettings, LoopState
from firmware_bridge.press import Pressed, Presses
from kiosk.core.errors import BadInput, BadToml
from kiosk.core.toml import loads

S = LoopState
LEVEL = LoopSettings().levels()
EVERY_MS = 5


def played(loop: Loop, course: Iterable[tuple[float, int]], start_ms: int = 0) -> list[LoopChanged]:
    """Feeds (reading, for how long) to the loop, a reading every 5 ms."""
    events, now_ms = list[LoopChanged](), start_ms
    for reading, lasts_ms in course:
        for _ in range(lasts_ms // EVERY_MS):
            event = loop.take(reading, now_ms)
            events += [event] if event is not None else []
            now_ms += EVERY_MS
    return events


def states(events: Iterable[LoopChanged]) -> list[LoopState]:
    return [event.state for event in events]


def test_each_state_of_the_wire_is_told_once_with_the_time_of_its_first_reading() -> None:
    loop = Loop()
    course = [(LEVEL[S.NORMAL], 100), (LEVEL[S.PRESSED], 1_000), (LEVEL[S.NORMAL], 100), (LEVEL[S.CUT], 1_000)]

    events = played(loop, course)

    assert events == [
        LoopChanged(S.NORMAL, 0),
        LoopChanged(S.PRESSED, 100),
        LoopChanged(S.NORMAL, 1_100),
        LoopChanged(S.CUT, 1_200),
    ]


def test_nothing_is_claimed_before_the_first_stable_reading() -> None:
    loop = Loop()
    assert loop.take(LEVEL[S.PRESSED], 0) is None
    assert (loop.state, loop.is_pressed) == (None, False)


@pytest.mark.parametrize("fault", [S.CUT, S.SHORT])
def test_cut_and_short_are_two_faults_and_neither_is_a_press(fault: LoopState) -> None:
    loop = Loop()
    events = played(loop, [(LEVEL[S.NORMAL], 100), (LEVEL[fault], 60_000)])
    assert states(events) == [S.NORMAL, fault]
    assert not loop.is_pressed


@pytest.mark.parametrize("state", [S.PRESSED, S.CUT, S.SHORT])
def test_what_does_not_last_is_not_told(state: LoopState) -> None:
    lasts_ms = 25 if state is S.PRESSED else 295
    events = played(Loop(), [(LEVEL[S.NORMAL], 100), (LEVEL[state], lasts_ms), (LEVEL[S.NORMAL], 500)])
    assert states(events) == [S.NORMAL]


@given(st.integers(0, 10_000))
def test_spikes_of_10_ms_for_a_minute_change_nothing_and_a_press_among_them_is_taken(seed: int) -> None:
    chance = random.Random(seed)
    loop, course = Loop(), [(LEVEL[S.NORMAL], 100)]
    for held in (S.NORMAL, S.PRESSED, S.NORMAL):
        for _ in range(60):
            course += [(LEVEL[held], chance.randrange(55, 200)), (chance.random(), 10)]
    assert states(played(loop, course)) == [S.NORMAL, S.PRESSED, S.NORMAL]


@given(st.floats(0, 1), st.sampled_from(LoopState))
def test_between_two_bands_the_state_stays_what_it_was(reading: float, start: LoopState) -> None:
    loop = Loop()
    played(loop, [(LEVEL[start], 500)])
    found = states(played(loop, [(reading, 1_000)], 500))
    nearest = min(LoopState, key=lambda state: abs(LEVEL[state] - reading))
    assert found in ([], [nearest])
    if abs(LEVEL[nearest] - reading) < 0.05:
        assert loop.state is nearest


@given(st.integers(0, 10_000))
def test_a_reading_that_trembles_on_an_edge_does_not_make_the_state_flutter(seed: int) -> None:
    chance, loop = random.Random(seed), Loop()
    played(loop, [(LEVEL[S.NORMAL], 100)])
    for middle in ((LEVEL[S.NORMAL] + LEVEL[S.PRESSED]) / 2, (LEVEL[S.NORMAL] + LEVEL[S.CUT]) / 2):
        course = [(middle + chance.uniform(-0.04, 0.04), EVERY_MS) for _ in range(500)]
        assert len(played(loop, course, 1_000)) <= 1


def test_resistors_that_are_5_percent_off_read_the_same_whatever_settings_are_accepted() -> None:
    values = [470, 1_000, 2_200, 3_300, 4_700, 10_000, 22_000, 47_000]
    accepted = 0
    for ohms in product(values, repeat=3):
        try:
            settings = LoopSettings(*ohms)
        except ValueError:
            continue  # refused: these four states could not be told apart
        accepted += 1
        corners = product([0.95, 1.05], [0.95, 1.05], [0.95, 1.05], [-0.01, 0.01])
        for state, (*off, noise) in product(LoopState, corners):
            pull_up, at_button, across = (round(ohm * by) for ohm, by in zip(ohms, off, strict=True))
            reading = min(1.0, max(0.0, _level(state, pull_up, at_button, across) + noise))
            loop = Loop(settings)
            for now_ms in (0, 150, 300):
                loop.take(reading, now_ms)
            assert loop.state is state, (ohms, state, off, noise)
    assert accepted > 100


def _level(state: LoopState, pull_up: int, at_button: int, across: int) -> float:
    to_ground = {S.SHORT: 0.0, S.NORMAL: float(across), S.PRESSED: at_button * across / (at_button + across)}
    return 1.0 if state is S.CUT else to_ground[state] / (to_ground[state] + pull_up)


def test_resistors_that_cannot_be_told_apart_are_refused_by_line() -> None:
    with pytest.raises(BadToml, match="terlalu mirip"):
        loads("pull_up_ohm = 100\nend_of_line_ohm = 100000\n", "kentongan.toml", LoopSettings)


def test_a_short_that_dries_slowly_through_every_band_is_no_press() -> None:
    loop = Loop()
    drying = [(LEVEL[S.NORMAL], 200), (0.0, 2_000), *((at / 400 * LEVEL[S.NORMAL], 50) for at in range(400))]
    presses, pressed = Presses(30, 1_000), list[Pressed]()
    presses.restart({"panic": False}, 0)
    now_ms, level = 0, False
    for reading, lasts_ms in [*drying, (LEVEL[S.NORMAL], 1_000)]:
        for _ in range(lasts_ms // EVERY_MS):
            loop.take(reading, now_ms)
            if loop.is_pressed is not level:
                level = loop.is_pressed
                presses.edge(Edge("panic", level, now_ms))
            pressed += [event for event in presses.tick(now_ms) if isinstance(event, Pressed)]
            now_ms += EVERY_MS
    assert pressed == []
    assert loop.state is S.NORMAL


def test_after_a_short_the_loop_must_be_seen_whole_before_a_press_counts_again() -> None:
    loop = Loop()
    played(loop, [(LEVEL[S.NORMAL], 100), (0.0, 500), (LEVEL[S.PRESSED], 500)])
    assert (loop.state, loop.is_pressed) == (S.PRESSED, False)
    played(loop, [(LEVEL[S.NORMAL], 100), (LEVEL[S.PRESSED], 100)], 2_000)
    assert loop.is_pressed


def test_a_press_on_a_wire_that_comes_back_after_a_cut_counts() -> None:
    loop = Loop()
    played(loop, [(LEVEL[S.NORMAL], 100), (1.0, 500), (LEVEL[S.PRESSED], 100)])
    assert loop.is_pressed


def test_a_converter_that_hangs_proves_nothing() -> None:
    loop = Loop()
    played(loop, [(LEVEL[S.NORMAL], 100)])
    assert loop.take(LEVEL[S.PRESSED], 1_000) is None
    assert loop.take(LEVEL[S.PRESSED], 60_000) is None
    assert loop.state is S.NORMAL


def test_a_press_that_trembles_into_the_gap_is_taken_without_delay() -> None:
    loop = Loop()
    between = (LEVEL[S.NORMAL] + LEVEL[S.PRESSED]) / 2
    trembling = [(LEVEL[S.PRESSED], 10), (between, 10)] * 10
    assert played(loop, [(LEVEL[S.NORMAL], 100), *trembling])[-1] == LoopChanged(S.PRESSED, 100)


def test_nobody_is_certain_beyond_a_reading_that_is_not_yet_stable() -> None:
    loop = Loop()
    played(loop, [(LEVEL[S.NORMAL], 100)])
    assert loop.certain_until_ms(100) == 100
    loop.take(LEVEL[S.PRESSED], 100)
    assert loop.certain_until_ms(125) == 100
    played(loop, [(LEVEL[S.PRESSED], 100)], 105)
    assert loop.certain_until_ms(205) == 205


@pytest.mark.parametrize("reading", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_reading_that_cannot_be_is_refused_and_changes_nothing(reading: float) -> None:
    loop = Loop()
    played(loop, [(LEVEL[S.NORMAL], 100)])
    with pytest.raises(BadInput, match="ADC"):
        loop.take(reading, 200)
    assert loop.state is S.NORMAL
