"""The table of phases: whatever happens has an answer where it can happen, and every phase can be left."""

from __future__ import annotations

import pytest

from firmware_bridge.modem.phases import PHASE_STEPS, Move, Phase, after, can
from kiosk.core.errors import BadTransition


@pytest.mark.parametrize("phase", Phase)
def test_the_port_may_open_and_vanish_in_every_phase(phase: Phase) -> None:
    assert after(phase, Move.OPEN) is Phase.WAKING
    assert after(phase, Move.LOSE) is Phase.ABSENT


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.ABSENT, Phase.RESETTING)])
def test_a_modem_that_falls_silent_is_woken_or_reset_in_every_phase(phase: Phase) -> None:
    assert after(phase, Move.STALL) is Phase.WAKING
    assert after(phase, Move.RESET) is Phase.RESETTING


def test_a_text_is_given_only_after_the_prompt() -> None:
    assert [phase for phase in Phase if can(phase, Move.PROMPT)] == [Phase.OFFERED]
    assert [key for key, then in PHASE_STEPS.items() if then is Phase.GIVEN] == [(Phase.OFFERED, Move.PROMPT)]


def test_a_text_is_offered_only_to_a_modem_that_is_set_up() -> None:
    assert [key for key, then in PHASE_STEPS.items() if then is Phase.OFFERED] == [(Phase.READY, Move.OFFER)]
    ways = {key for key, then in PHASE_STEPS.items() if then is Phase.READY}
    assert (Phase.SETTING_UP, Move.FINISH) in ways
    assert not {phase for phase, _ in ways} & {Phase.WAKING, Phase.QUIET, Phase.HELD, Phase.ABSENT}


def test_what_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(BadTransition):
        after(Phase.ABSENT, Move.OFFER)


def test_every_phase_can_be_reached() -> None:
    assert set(PHASE_STEPS.values()) == set(Phase)
