"""A modem is shaken ever harder, and only what had failed before ends that."""

from __future__ import annotations

import pytest

from firmware_bridge.modem.reset_ladder import ResetLadder, Rung


def climb(ladder: ResetLadder, count: int) -> list[Rung]:
    return [ladder.stalled(with_text=True, has_answered=True) for _ in range(count)]


@pytest.mark.parametrize(("has_power_pin", "hardest"), [(True, Rung.POWER), (False, Rung.RESTART)])
def test_esc_then_dtr_then_power_then_the_last_two_in_turn(has_power_pin: bool, hardest: Rung) -> None:
    rungs = climb(ResetLadder(has_power_pin), 6)

    assert rungs == [Rung.WAKE, Rung.DTR, hardest, Rung.DTR, hardest, Rung.DTR]


def test_a_text_that_was_taken_ends_the_climb() -> None:
    ladder = ResetLadder(True)
    climb(ladder, 2)
    ladder.text_taken()

    assert climb(ladder, 1) == [Rung.WAKE]


def test_answers_alone_do_not_end_the_climb_of_a_modem_that_hangs_at_texts() -> None:
    ladder = ResetLadder(True)
    climb(ladder, 1)
    ladder.round_answered()

    assert climb(ladder, 1) == [Rung.DTR]


def test_answers_end_the_climb_when_no_text_was_at_stake() -> None:
    ladder = ResetLadder(True)
    ladder.stalled(with_text=False, has_answered=True)
    ladder.round_answered()

    assert climb(ladder, 1) == [Rung.WAKE]


def test_a_port_where_nothing_ever_answered_is_closed_first_and_never_told_to_restart() -> None:
    ladder = ResetLadder(False)

    assert {ladder.stalled(False, has_answered=False) for _ in range(6)} == {Rung.DTR}
