"""Whoever only hears, or sees no colours, can tell the four stages of an alert apart, even when listening late."""

from __future__ import annotations

from itertools import combinations

import pytest

from firmware_bridge.buzzer import BUZZER, is_buzzing
from firmware_bridge.indication import lamps_lit
from kiosk.core.alarm_words import Lamp

STAGES = (Lamp.RED_FAST, Lamp.AMBER_SLOW, Lamp.GREEN, Lamp.RED_AMBER)
STEP_MS, HEARD_MS = 20, 4_800
UNLIKE = 0.2  # of the time: one who listens for five seconds cannot miss it

Series = tuple[object, ...]


def unlike(one: Series, other: Series) -> float:
    """In how much of the time two series differ when they are laid over each other as alike as can be."""
    shifted = (other[by:] + other[:by] for by in range(len(other)))
    return min(sum(a != b for a, b in zip(one, late, strict=True)) / len(one) for late in shifted)


def heard(lamp: Lamp, from_ms: int = 0) -> Series:
    return tuple(is_buzzing(lamp, from_ms + at_ms) for at_ms in range(0, HEARD_MS, STEP_MS))


def seen(lamp: Lamp) -> Series:
    """Which of the three lamps are lit, whatever their colours."""
    return tuple(lamps_lit(lamp, at_ms) for at_ms in range(0, HEARD_MS, STEP_MS))


@pytest.mark.parametrize(("one", "other"), [*combinations(STAGES, 2)])
def test_any_two_stages_differ_in_sound_on_a_buzzer_of_one_pitch(one: Lamp, other: Lamp) -> None:
    from_ms = 10_000  # the call of an answer is over by then, and its silence is what tells
    assert unlike(heard(one), heard(other)) >= UNLIKE
    assert unlike(heard(one, from_ms), heard(other, from_ms)) >= UNLIKE


@pytest.mark.parametrize(("one", "other"), [*combinations(STAGES, 2)])
def test_any_two_stages_differ_in_which_lamps_are_lit_and_when(one: Lamp, other: Lamp) -> None:
    assert unlike(seen(one), seen(other)) >= UNLIKE


def test_an_answer_is_told_once_and_every_other_stage_for_as_long_as_it_lasts() -> None:
    assert not any(heard(Lamp.GREEN, from_ms=1_000))
    for lamp in set(STAGES) - {Lamp.GREEN}:
        assert any(heard(lamp, from_ms=3_600_000))


def test_nothing_sounds_without_a_lamp_and_a_finger_is_answered_by_one_short_beep() -> None:
    assert not any(heard(Lamp.OFF))
    assert heard(Lamp.RED_STEADY).count(True) == 60 // STEP_MS
    assert set(BUZZER) == set(Lamp)
