"""Who is next: turns are exact, arrival orders each lane, and nobody starves, whatever the clock says."""

from __future__ import annotations

from math import ceil

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.queue_rule import Choice, Lane, Reason, Turns, Waiting, choose, order_of_calls
from kiosk.core.queue_settings import QueueSettings

rules = st.builds(
    QueueSettings,
    priority_turns=st.integers(1, 5),
    normal_turns=st.integers(1, 5),
    longest_wait_min=st.just(60),
)
lanes = st.sampled_from(Lane)
turns_held = st.builds(Turns, lane=lanes, run=st.integers(1, 20))
halls = st.lists(st.tuples(lanes, st.floats(0, 7200)), min_size=1, max_size=25).map(
    lambda people: [Waiting(f"t{at}", at, lane, waited_s) for at, (lane, waited_s) in enumerate(people)]
)


def calm(hall: list[Waiting]) -> list[Waiting]:
    """The same people, none of whom has waited long."""
    return [msgspec.structs.replace(one, waited_s=0.0) for one in hall]


def called(rule: QueueSettings, hall: list[Waiting], turns: Turns) -> list[Choice]:
    return order_of_calls(rule, hall, turns, len(hall) + 1)


@given(rules, halls, turns_held)
def test_everybody_is_called_exactly_once(rule: QueueSettings, hall: list[Waiting], turns: Turns) -> None:
    assert sorted(choice.id for choice in called(rule, hall, turns)) == sorted(one.id for one in hall)


@given(rules, st.integers(1, 4))
def test_the_interleave_is_exact_while_both_lanes_wait(rule: QueueSettings, rounds: int) -> None:
    hall = [Waiting(f"{lane}{at}", at, lane, 0.0) for lane in Lane for at in range(rounds * 5)]
    pattern = [Lane.PRIORITY] * rule.priority_turns + [Lane.NORMAL] * rule.normal_turns
    choices = order_of_calls(rule, hall, Turns(), rounds * len(pattern))
    assert [choice.turns.lane for choice in choices] == pattern * rounds


@given(rules, halls, turns_held)
def test_each_lane_is_called_in_order_of_arrival(rule: QueueSettings, hall: list[Waiting], turns: Turns) -> None:
    people = {one.id: one for one in calm(hall)}
    order = [people[choice.id] for choice in called(rule, calm(hall), turns)]
    for lane in Lane:
        arrived = [one.arrived for one in order if one.lane is lane]
        assert arrived == sorted(arrived)


@given(rules, halls, turns_held)
def test_turns_alone_bound_every_wait_in_calls(rule: QueueSettings, hall: list[Waiting], turns: Turns) -> None:
    order = [choice.id for choice in called(rule, calm(hall), turns)]
    own = {Lane.PRIORITY: rule.priority_turns, Lane.NORMAL: rule.normal_turns}
    for one in hall:
        before = sum(other.lane is one.lane and other.arrived < one.arrived for other in hall)
        other_turns = own[Lane.NORMAL if one.lane is Lane.PRIORITY else Lane.PRIORITY]
        assert order.index(one.id) <= before + ceil((before + 1) / own[one.lane]) * other_turns


@given(rules, halls, turns_held)
def test_nobody_passes_one_who_has_waited_beyond_the_maximum(
    rule: QueueSettings, hall: list[Waiting], turns: Turns
) -> None:
    late = [one.id for one in hall if one.waited_s >= 3600]
    choices = called(rule, hall, turns)
    assert [choice.id for choice in choices[: len(late)]] == late  # ids grow with arrival
    assert all((choice.reason is Reason.OVERDUE) == (choice.id in late) for choice in choices)


@given(rules, halls, turns_held, st.integers(1, 30))
def test_a_stream_of_newcomers_with_priority_keeps_no_normal_ticket(
    rule: QueueSettings, hall: list[Waiting], turns: Turns, newcomers: int
) -> None:
    """Priority tickets come without end, one before every call; the first normal one is called after one round."""
    patient = Waiting("patient", 1000, Lane.NORMAL, 0.0)
    people = [*[one for one in calm(hall) if one.lane is Lane.PRIORITY], patient]
    for call in range(rule.priority_turns + 1):
        people.append(Waiting(f"new{call}", 2000 + call, Lane.PRIORITY, 0.0))
        choice = choose(rule, people, turns)
        assert choice is not None
        if choice.id == "patient":
            return
        turns = choice.turns
        people = [one for one in people if one.id != choice.id]
    raise AssertionError("the normal ticket was passed over for more than a round")


def test_a_lane_that_was_empty_finds_its_turn_due() -> None:
    rule, turns = QueueSettings(priority_turns=2, normal_turns=1), Turns()
    for lane, then in ((Lane.NORMAL, Lane.PRIORITY), (Lane.PRIORITY, Lane.NORMAL)):
        for at in range(7):
            choice = choose(rule, [Waiting(f"{at}", at, lane, 0.0)], turns)
            assert choice is not None
            turns = choice.turns
        both = [Waiting("old", 1, lane, 10.0), Waiting("new", 99, then, 0.0)]
        choice = choose(rule, both, turns)
        assert choice is not None
        assert choice.id == "new"
        turns = choice.turns


def test_the_choice_is_explained_in_words() -> None:
    rule = QueueSettings(priority_turns=2, normal_turns=1)
    hall = [Waiting(f"p{at}", at, Lane.PRIORITY, 0.0) for at in range(3)]
    hall += [Waiting("n", 9, Lane.NORMAL, 0.0), Waiting("late", 5, Lane.NORMAL, 64 * 60.0)]
    assert [(choice.id, choice.words) for choice in order_of_calls(rule, hall, Turns(), 9)] == [
        ("late", "menunggu 64 menit, melewati batas 60 menit"),
        ("p0", "giliran prioritas 1 dari 2"),
        ("p1", "giliran prioritas 2 dari 2"),
        ("n", "giliran biasa 1 dari 1"),
        ("p2", "prioritas, menunggu paling lama"),
    ]


def test_nobody_waiting_is_nobody_next() -> None:
    assert choose(QueueSettings(), [], Turns()) is None
