"""The alert's table against the rules of its design, restated here in other words, and against any order of events."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert import (
    ALERT_STEPS,
    CODE_WORDS,
    CONTACT_ID,
    EVIDENCE_OF,
    Alert,
    AlertAction,
    AlertCode,
    AlertState,
    Evidence,
    after,
)
from kiosk.core.answer import POST_MAY
from kiosk.core.errors import BadTransition

S, A = AlertState, AlertAction
TRANSPORT = [S.RAISED, S.SENDING, S.CARRIED, S.RECEIVED]
ANSWERED = [S.ACKNOWLEDGED, S.DISPATCHED, S.ARRIVED]
REACHES = {
    A.HAND: S.SENDING,
    A.CARRY: S.CARRIED,
    A.RECEIVE: S.RECEIVED,
    A.ACKNOWLEDGE: S.ACKNOWLEDGED,
    A.DISPATCH: S.DISPATCHED,
    A.ARRIVE: S.ARRIVED,
}
POST = (A.ACKNOWLEDGE, A.DISPATCH, A.ARRIVE, A.CLOSE)
actions = st.lists(st.sampled_from(AlertAction), max_size=30)


def an_alert() -> Alert:
    return Alert("0" * 36, AlertCode.PANIC, "button", S.RAISED, Evidence.COMMITTED, "n" * 16, 1, 1, "boot")


def as_designed(state: AlertState, action: AlertAction) -> AlertState | None:
    """The rules of the design, one sentence each."""
    if state is S.CLOSED:  # closed stays closed, and cannot be cancelled any more
        return None if action is A.CANCEL else S.CLOSED
    if action is A.CLOSE:  # the post may close whatever is open
        return S.CLOSED
    if action is A.CANCEL or state is S.CANCEL_REQUESTED:  # a cancelled alert waits for the post to close it
        return S.CANCEL_REQUESTED
    if action is A.TIME_OUT:  # only an alert that no human has answered becomes unanswered
        return state if state in ANSWERED else S.UNANSWERED
    reached = REACHES[action]
    if reached in TRANSPORT:  # proof of transport moves on a ladder and unsays nothing above it
        return TRANSPORT[max(TRANSPORT.index(state), TRANSPORT.index(reached))] if state in TRANSPORT else state
    return ANSWERED[max(ANSWERED.index(state), ANSWERED.index(reached))] if state in ANSWERED else reached


def walk(alert: Alert, taken: list[AlertAction]) -> list[Alert]:
    """The alert after each action that the table has."""
    seen = [alert]
    for action in taken:
        if (seen[-1].state, action) in ALERT_STEPS:
            state, evidence = after(seen[-1], action)
            seen.append(msgspec.structs.replace(seen[-1], state=state, evidence=evidence))
    return seen


@pytest.mark.parametrize("state", AlertState)
def test_every_pair_of_the_table_is_as_designed(state: AlertState) -> None:
    assert {action: ALERT_STEPS.get((state, action)) for action in A} == {
        action: as_designed(state, action) for action in A
    }


def test_a_closed_alert_refuses_to_be_cancelled_in_words() -> None:
    closed = msgspec.structs.replace(an_alert(), state=S.CLOSED)
    with pytest.raises(BadTransition, match="closed"):
        after(closed, A.CANCEL)


@given(actions)
def test_evidence_never_falls_whatever_comes_in_whatever_order(taken: list[AlertAction]) -> None:
    evidences = [alert.evidence for alert in walk(an_alert(), taken)]
    assert evidences == sorted(evidences)


@given(actions)
def test_only_an_answer_of_the_post_shows_that_a_human_answered(taken: list[AlertAction]) -> None:
    last = walk(an_alert(), [action for action in taken if action not in POST])[-1]
    assert not last.is_answered
    assert last.state not in (*ANSWERED, S.CLOSED)


def test_acknowledge_alone_gives_exactly_e5() -> None:
    assert [action for action, evidence in EVIDENCE_OF.items() if evidence is Evidence.ACKNOWLEDGED] == [A.ACKNOWLEDGE]
    assert set(POST_MAY) == set(POST)
    assert {EVIDENCE_OF[action] for action in POST} == {Evidence(5), Evidence(6), Evidence(7)}


@given(actions, st.sampled_from([A.HAND, A.CARRY, A.RECEIVE, A.ACKNOWLEDGE, A.DISPATCH, A.ARRIVE, A.CLOSE]))
def test_the_same_proof_twice_changes_nothing_the_second_time(taken: list[AlertAction], proof: AlertAction) -> None:
    once = walk(an_alert(), [*taken, proof])[-1]
    assert walk(once, [proof])[-1] == once


@given(actions)
def test_late_proof_of_transport_never_unsays_an_answer(taken: list[AlertAction]) -> None:
    answered = walk(an_alert(), [*taken, A.ACKNOWLEDGE])[-1]
    late = walk(answered, [A.HAND, A.CARRY, A.RECEIVE, A.TIME_OUT])[-1]
    assert late == answered


@given(actions)
def test_once_closed_an_alert_stays_closed(taken: list[AlertAction]) -> None:
    closed = walk(an_alert(), [A.CLOSE])[-1]
    assert {alert.state for alert in walk(closed, taken)} == {S.CLOSED}
    assert not closed.is_open


def test_every_code_has_its_words_and_its_contact_id() -> None:
    assert set(CODE_WORDS) == set(CONTACT_ID) == set(AlertCode)
    assert CONTACT_ID[AlertCode.MEDICAL] == 100
    assert CONTACT_ID[AlertCode.FIRE] == 110
    assert CONTACT_ID[AlertCode.PANIC] == 120
