"""Three quick presses are a call of their own; holds, single taps and noise are what they were."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.debounce import Edge
from firmware_bridge.press import Lit, Pressed, Presses, PressEvent, QuickPressed, Released
from kiosk.core.quick_presses import QuickPresses
from tests.bridge.test_press import bounced, finger, played


def started(quick: QuickPresses | None = QuickPresses()) -> Presses:
    presses = Presses(debounce_ms=30, hold_ms=1_000, quick=quick)
    presses.restart({"panic": False}, 0)
    return presses


def taps(*begins_ms: int, lasts_ms: int = 120) -> list[Edge]:
    return [edge for at_ms in begins_ms for edge in finger(at_ms, at_ms + lasts_ms)]


def quick(events: list[PressEvent]) -> list[QuickPressed]:
    return [event for event in events if isinstance(event, QuickPressed)]


def test_three_taps_in_two_seconds_are_one_quick_press_named_by_its_first_edge() -> None:
    events = played(started(), taps(100, 500, 900), 5_000)

    assert quick(events) == [QuickPressed("panic", 1_020, "panic-100")]
    assert [type(event) for event in events] == [Lit, Released, Lit, Released, Lit, Released, QuickPressed]


@pytest.mark.parametrize("begins_ms", [(100,), (100, 500), (100, 1_000, 2_000), (100, 1_500, 2_900, 4_300)])
def test_fewer_or_slower_taps_are_nothing(begins_ms: tuple[int, ...]) -> None:
    assert quick(played(started(), taps(*begins_ms), 8_000)) == []


def test_the_window_runs_from_the_first_contact_to_the_last_release() -> None:
    assert len(quick(played(started(), taps(100, 900, 1_980), 5_000))) == 1  # let go at 2,100
    assert quick(played(started(), taps(100, 900, 1_981), 5_000)) == []


def test_slow_taps_that_end_in_three_quick_ones_count_from_the_first_of_those() -> None:
    events = played(started(), taps(100, 2_000, 2_400, 2_800), 6_000)
    assert [event.key for event in quick(events)] == ["panic-2000"]


def test_edges_that_come_all_at_once_are_counted_by_when_they_happened() -> None:
    presses = started()
    events = [event for edge in taps(100, 2_000, 2_400) for event in presses.edge(edge)]
    assert quick(events + presses.tick(2_600)) == []
    assert not presses.is_decided("panic")  # the last two may yet become a row


def test_six_taps_are_two_quick_presses_and_five_are_one() -> None:
    assert len(quick(played(started(), taps(100, 400, 700, 1_000, 1_300, 1_600), 5_000))) == 2
    assert len(quick(played(started(), taps(100, 400, 700, 1_000, 1_300), 5_000))) == 1


def test_a_hold_after_two_taps_is_the_hold_that_it_is() -> None:
    events = played(started(), [*taps(100, 400), *finger(700, 2_000), *taps(2_050)], 5_000)

    assert [type(event) for event in events if isinstance(event, Pressed | QuickPressed)] == [Pressed]


def test_the_taps_before_a_hold_do_not_count_with_those_after_it() -> None:
    presses = Presses(debounce_ms=30, hold_ms=500, quick=QuickPresses())
    presses.restart({"panic": False}, 0)
    edges = [*taps(100, 300, lasts_ms=60), *finger(500, 1_100), *taps(1_200, lasts_ms=60)]
    assert quick(played(presses, edges, 3_000)) == []


def test_without_the_setting_taps_raise_nothing_and_are_decided_at_once() -> None:
    presses = started(quick=None)

    assert quick(played(presses, taps(100, 400, 700), 900)) == []
    assert presses.is_decided("panic")


def test_taps_are_not_decided_until_their_row_is_full_or_over() -> None:
    presses = started()
    for edge in taps(100, 500):
        presses.edge(edge)
    presses.tick(2_100)
    assert not presses.is_decided("panic")  # a third tap may yet have ended by now
    presses.tick(2_101)
    assert not presses.is_decided("panic")  # the second may be the first of another row
    presses.tick(2_501)
    assert presses.is_decided("panic")


def test_a_full_row_is_decided() -> None:
    presses = started()
    for edge in taps(100, 500, 900):
        presses.edge(edge)
    assert quick(presses.tick(1_200))
    assert presses.is_decided("panic")


def test_a_source_that_starts_anew_ends_a_row() -> None:
    presses = started()
    for edge in [*taps(100, 500), Edge("panic", True, 900)]:
        presses.edge(edge)
    presses.tick(950)
    assert quick(presses.restart({"panic": False}, 1_000)) == []
    events = [event for edge in taps(1_100, 1_400) for event in presses.edge(edge)] + presses.tick(1_600)
    assert quick(events) == []


def test_each_button_counts_its_own_taps() -> None:
    edges = sorted([*taps(100, 900), *finger(500, 600, "fire")], key=lambda edge: edge.mono_ms)
    assert quick(played(started(), edges, 5_000)) == []


@given(seed=st.integers(0, 10_000), every_ms=st.integers(1, 400), count=st.integers(0, 9))
def test_quick_taps_are_counted_whatever_the_contact_and_the_loop_do(seed: int, every_ms: int, count: int) -> None:
    chance = random.Random(seed)
    begins, at_ms = list[int](), 100
    for _ in range(count):
        begins.append(at_ms)
        at_ms += chance.randint(300, 500)

    events = played(started(), bounced(taps(*begins, lasts_ms=150), seed), at_ms + 4_000, every_ms)

    assert len(quick(events)) == count // 3
    assert not [event for event in events if isinstance(event, Pressed)]


@given(seed=st.integers(0, 10_000))
def test_spikes_of_10_ms_for_a_minute_are_no_quick_presses(seed: int) -> None:
    chance, spikes, at_ms = random.Random(seed), list[Edge](), 0
    while at_ms < 60_000:
        at_ms += chance.randint(55, 250)
        spikes += finger(at_ms, at_ms + 10)
        at_ms += 10
    assert played(started(), spikes, 62_000) == []
