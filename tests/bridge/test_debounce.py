"""A level counts once it has stood for 30 ms; no press is lost and no spike counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.debounce import Debounce, Edge, Stable

STABLE_MS = 30


def edges(times_ms: Sequence[int], name: str = "panic") -> list[Edge]:
    """Edges at these times, the first one rising."""
    return [Edge(name, turn % 2 == 0, at_ms) for turn, at_ms in enumerate(times_ms)]


def played(raw: Sequence[Edge], until_ms: int, ticks_ms: Sequence[int] = ()) -> list[Stable]:
    """What the filter says of these edges, with ticks in between, as a loop that is never late would feed it."""
    debounce = Debounce(STABLE_MS, {"panic": False}, 0)
    said: list[Stable] = []
    moments = sorted(
        [(edge.mono_ms, 0, edge) for edge in raw] + [(at, 1, None) for at in ticks_ms], key=lambda m: m[:2]
    )
    for at_ms, _, edge in moments:
        said += debounce.edge(edge) if edge is not None else debounce.tick(at_ms)
    return said + debounce.tick(until_ms)


def held_levels(raw: Sequence[Edge], until_ms: int) -> list[tuple[bool, int]]:
    """The same by definition: every raw level that stood for 30 ms and differs from the stable one before it."""
    stable, found = False, []
    for edge, after in zip_longest(raw, raw[1:]):
        stood_ms = (after.mono_ms if after is not None else until_ms) - edge.mono_ms
        if stood_ms >= STABLE_MS and edge.level != stable:
            stable = edge.level
            found.append((stable, edge.mono_ms + STABLE_MS))
    return found


TIMES = st.lists(st.integers(min_value=1, max_value=120), max_size=40).map(
    lambda gaps: [sum(gaps[: count + 1]) for count in range(len(gaps))]
)


@given(times_ms=TIMES, ticks_ms=st.lists(st.integers(min_value=0, max_value=5_000), max_size=60))
def test_exactly_the_levels_that_stood_long_enough_are_told_whenever_the_loop_turns(
    times_ms: list[int], ticks_ms: list[int]
) -> None:
    until_ms = 10_000
    raw = edges(times_ms)

    said = played(raw, until_ms, ticks_ms)

    assert [(stable.level, stable.mono_ms) for stable in said] == held_levels(raw, until_ms)


@given(times_ms=TIMES)
def test_a_late_loop_reads_the_same_levels_as_one_in_time(times_ms: list[int]) -> None:
    raw = edges(times_ms)

    assert played(raw, 10_000) == played(raw, 10_000, range(0, 10_000, 7))


@given(times_ms=TIMES)
def test_stable_levels_alternate(times_ms: list[int]) -> None:
    levels = [stable.level for stable in played(edges(times_ms), 10_000)]

    assert levels == [turn % 2 == 0 for turn in range(len(levels))]


def test_spikes_of_10_ms_for_a_minute_say_nothing() -> None:
    times_ms = [at for start in range(0, 60_000, 25) for at in (start, start + 10)]

    assert played(edges(times_ms), 61_000, range(0, 61_000, 5)) == []


def test_a_repeated_level_neither_restarts_nor_ends_the_wait() -> None:
    debounce = Debounce(STABLE_MS, {"panic": False}, 0)
    debounce.edge(Edge("panic", True, 100))
    debounce.edge(Edge("panic", True, 120))

    assert [stable.mono_ms for stable in debounce.tick(130)] == [130]


def test_a_clock_that_steps_back_undoes_nothing() -> None:
    debounce = Debounce(STABLE_MS, {"panic": False}, 1_000)
    debounce.edge(Edge("panic", True, 400))

    assert debounce.tick(1_029) == []
    assert [stable.level for stable in debounce.tick(1_030)] == [True]


def test_inputs_do_not_disturb_one_another() -> None:
    debounce = Debounce(STABLE_MS, {"panic": False, "fire": False}, 0)
    debounce.edge(Edge("panic", True, 0))
    for at_ms in range(1, 30, 3):
        debounce.edge(Edge("fire", at_ms % 2 == 1, at_ms))

    assert [stable.input for stable in debounce.tick(30)] == ["panic"]


def test_the_next_moment_of_interest_is_told() -> None:
    debounce = Debounce(STABLE_MS, {"panic": False}, 0)
    assert debounce.due_ms() is None

    debounce.edge(Edge("panic", True, 50))

    assert debounce.due_ms() == 80
    debounce.tick(80)
    assert debounce.due_ms() is None
