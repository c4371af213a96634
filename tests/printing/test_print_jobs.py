"""The way of a job, step by step: every pair of state and event either is in the one table or is refused."""

from __future__ import annotations

import itertools

import pytest

from kiosk.core.errors import BadTransition
from kiosk.core.print_job import PRINT_STEPS, Job, PrintAction, PrintState, after

END_STATES = {PrintState.CONFIRMED, PrintState.UNKNOWN, PrintState.FAILED}


def job_in(state: PrintState) -> Job:
    return Job("j", "t", state, b"", "")


@pytest.mark.parametrize(("state", "action"), list(itertools.product(PrintState, PrintAction)))
def test_every_step_is_in_the_table_or_refused(state: PrintState, action: PrintAction) -> None:
    if (state, action) in PRINT_STEPS:
        assert after(job_in(state), action) is PRINT_STEPS[state, action]
    else:
        with pytest.raises(BadTransition):
            after(job_in(state), action)


@pytest.mark.parametrize("state", sorted(END_STATES))
def test_an_outcome_is_final(state: PrintState) -> None:
    assert not any(begin is state for begin, _ in PRINT_STEPS)


def test_only_a_job_of_which_no_byte_left_goes_back_to_the_queue() -> None:
    back = [step for step, end in PRINT_STEPS.items() if end is PrintState.QUEUED]
    assert back == [(PrintState.SENDING, PrintAction.REFUSED)]


def test_confirmed_needs_a_proof() -> None:
    assert [step for step, end in PRINT_STEPS.items() if end is PrintState.CONFIRMED] == [
        (PrintState.SENT, PrintAction.PROVEN)
    ]
