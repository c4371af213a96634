"""What is sent when, and what an ACK proves."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Outcome, fault_words
from firmware_bridge.dc09.exchange import EXCHANGE_STEPS, Exchange, Happened, retry_s
from firmware_bridge.dc09.frames import Token
from firmware_bridge.dc09.questions import QUEUE_LIMIT
from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence, after
from tests.bridge.dc09.rig import KEYS, RAISED, SECOND, SILENT_WORDS, TEST, Talk, talking


def test_a_late_reply_finds_a_paused_exchange_and_an_idle_one_takes_none() -> None:
    assert {state for state, happened in EXCHANGE_STEPS if happened is Happened.ACK} == set(Exchange) - {Exchange.IDLE}
    assert [then for (state, _), then in EXCHANGE_STEPS.items() if state is Exchange.IDLE] == [Exchange.AWAITING]


def test_the_path_is_proven_by_a_poll_at_once_and_then_every_25_s() -> None:
    talk = Talk()
    first = talk.ask()
    talk.answer(talk.reply(Token.ACK, first))

    assert first.token is Token.POLL
    assert talk.pass_until_due() == 25
    assert talk.ask().sequence == first.sequence + 1


def test_any_other_message_stands_for_a_poll() -> None:
    talk = talking()
    talk.pass_s(20)
    talk.session.submit(RAISED, talk.now)
    talk.answer(talk.reply(Token.ACK, talk.ask()))

    assert talk.pass_until_due() == 25
    assert talk.ask().token is Token.POLL


def test_an_unanswered_path_is_a_fault_after_three_misses_and_well_again_after_one_reply() -> None:
    talk = talking()
    talk.pass_until_due()
    for miss in range(3):
        assert talk.words() == (), miss
        poll = talk.ask()
        talk.pass_s(5)
        if miss < 2:
            talk.pass_until_due()
    assert talk.words() == SILENT_WORDS

    talk.pass_until_due()
    talk.answer(talk.reply(Token.ACK, talk.ask()))
    assert talk.words() == ()
    assert poll.token is Token.POLL


@given(poll_s=st.floats(5, 30), reply_timeout_s=st.floats(1, 15), jitter=st.floats(0, 1))
def test_a_receiver_that_falls_silent_is_told_within_90_s_whatever_is_set(
    poll_s: float, reply_timeout_s: float, jitter: float
) -> None:
    talk = talking(poll_s=poll_s, reply_timeout_s=reply_timeout_s)
    talk.session._jitter = lambda: jitter
    silent_since_ms = talk.now.mono_ms
    while not talk.words():
        talk.pass_until_due()
        if talk.session.is_due_to_send(talk.now):
            talk.ask()

    assert talk.session.health.misses == 3
    assert talk.now.mono_ms - silent_since_ms <= 90_000


def test_a_path_whose_thread_hangs_is_told_by_the_time_alone() -> None:
    talk = talking()

    assert fault_words(talk.session.health, talk.now.mono_ms + 90_001) == SILENT_WORDS


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_an_alert_is_sent_at_once_and_its_ack_proves_that_it_was_carried_and_no_more(key: str) -> None:
    talk = talking(key=key)
    assert talk.session.submit(RAISED, talk.now)
    question = talk.ask()
    reply = talk.reply(Token.ACK, question)
    carried = talk.answer(reply)

    assert (question.token, question.data) == (Token.EVENT, "#1234|1120 01 001")
    assert [(step.event, step.outcome, step.action) for step in (*talk.handed, *carried)] == [
        (RAISED, Outcome.HANDED, AlertAction.HAND),
        (RAISED, Outcome.CARRIED, AlertAction.CARRY),
    ]
    assert [step.path for step in carried] == ["dc09"]
    assert carried[0].at == talk.now
    assert carried[0].raw == reply.decode().strip()
    alert = Alert("alert-1", AlertCode.PANIC, "panic", AlertState.SENDING, Evidence.HANDED, "", 0, 0, "")
    assert carried[0].action is not None
    assert after(alert, carried[0].action) == (AlertState.CARRIED, Evidence.CARRIED)
    assert talk.session.health.waiting == 0


def test_only_the_alert_itself_moves_the_alerts_evidence() -> None:
    talk = talking()
    for report in (Report.CANCELLED, Report.CLOSED, Report.FAULT, Report.TEST):
        talk.session.submit(Event("alert-1", report, AlertCode.PANIC), talk.now)
        steps = [*talk.answer(talk.reply(Token.ACK, talk.ask())), *talk.handed]

        assert {step.outcome for step in steps} == {Outcome.HANDED, Outcome.CARRIED}
        assert [step.action for step in steps] == [None, None]


def test_an_unanswered_alert_is_sent_again_for_ever_at_5_to_60_s_with_the_same_number() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    sent_s, numbers, told = [], set(), []
    for _ in range(9):
        numbers.add(talk.ask().sequence)
        told += talk.handed
        sent_s.append(talk.now.mono_ms / 1000)
        talk.pass_until_due()  # the reply does not come
        talk.pass_until_due()

    pauses = [later - sooner for sooner, later in pairwise(sent_s)]
    assert pauses == [5, 10, 20, 40, 60, 60, 60, 60]
    assert len(numbers) == 1
    assert len(told) == 1


def test_after_a_reply_the_pauses_begin_small_again() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    for _ in range(4):
        question = talk.ask()
        talk.pass_until_due()
        talk.pass_until_due()
    talk.ask()
    talk.answer(talk.reply(Token.ACK, question))
    talk.session.submit(TEST, talk.now)
    talk.ask()
    talk.pass_s(5)

    assert talk.session.is_due_to_send(talk.now)


@given(st.integers(0, 100_000), st.floats(0, 1))
def test_every_pause_is_between_5_and_60_s(attempt: int, jitter: float) -> None:
    assert 5 <= retry_s(attempt, jitter) <= 60


def test_a_repeated_encrypted_message_tells_its_time_anew() -> None:
    talk = talking(key=KEYS["AES-128"])
    talk.session.submit(RAISED, talk.now)
    first = talk.ask()
    talk.pass_s(5)
    second = talk.ask()

    assert first.time_ms is not None
    assert second.time_ms == first.time_ms + 5_000


def test_a_plain_message_tells_its_time_only_when_it_is_set_so() -> None:
    assert Talk().ask().time_ms is None
    assert Talk(timestamps=True).ask().time_ms is not None


def test_a_new_alert_does_not_sit_out_the_pause_of_a_path_that_is_down() -> None:
    talk = Talk()
    for _ in range(6):
        talk.pass_until_due()
        if talk.session.is_due_to_send(talk.now):
            talk.ask()
    talk.pass_until_due()
    talk.session.submit(RAISED, talk.now)

    assert talk.pass_until_due() == 0
    assert talk.ask().token is Token.EVENT
    assert talk.pass_until_due() == 5


def test_an_alert_overtakes_a_test_that_is_being_repeated_and_the_test_is_not_lost() -> None:
    talk = talking()
    talk.session.submit(TEST, talk.now)
    test = talk.ask()
    talk.pass_s(5)
    talk.session.submit(RAISED, talk.now)
    alert = talk.ask()
    talk.answer(talk.reply(Token.ACK, alert))
    again = talk.ask()

    assert [message.data[6:10] for message in (test, alert, again)] == ["1602", "1120", "1602"]
    assert again.sequence == test.sequence != alert.sequence


def test_what_waited_offline_is_told_in_order_of_its_weight_and_arrival() -> None:
    talk = Talk()
    talk.ask()
    cancelled = Event("alert-1", Report.CANCELLED)
    for event in (TEST, RAISED, cancelled, SECOND, Event("loop", Report.FAULT)):
        talk.session.submit(event, talk.now)
    talk.pass_s(5)
    said = []
    for _ in range(5):
        question = talk.ask()
        said.append(question.data[6:10])
        talk.answer(talk.reply(Token.ACK, question))

    assert said == ["1120", "1110", "1406", "1137", "1602"]


def test_an_event_that_is_handed_over_twice_is_told_once() -> None:
    talk = talking()
    assert talk.session.submit(RAISED, talk.now)
    assert talk.session.submit(RAISED, talk.now)
    talk.answer(talk.reply(Token.ACK, talk.ask()))

    assert not talk.session.is_due_to_send(talk.now)


def test_a_full_queue_says_so_and_keeps_what_it_has() -> None:
    talk = talking()
    taken = [
        talk.session.submit(Event(str(n), Report.RAISED, AlertCode.FIRE), talk.now) for n in range(QUEUE_LIMIT + 1)
    ]

    assert taken == [True] * QUEUE_LIMIT + [False]
    assert not talk.session.has_room
    assert talk.session.health.waiting == QUEUE_LIMIT


def test_numbers_go_past_9999_to_1_and_never_0() -> None:
    talk = Talk(first_sequence=9_998)
    numbers = []
    for _ in range(4):
        question = talk.ask()
        numbers.append(question.sequence)
        talk.answer(talk.reply(Token.ACK, question))
        talk.pass_until_due()

    assert numbers == [9_998, 9_999, 1, 2]


def test_what_is_withdrawn_is_not_sent_but_a_reply_that_is_awaited_still_counts() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    talk.session.submit(SECOND, talk.now)
    asked = talk.ask()
    talk.session.withdraw({RAISED.key, SECOND.key})

    (step,) = talk.answer(talk.reply(Token.ACK, asked))

    assert (step.event, step.outcome) == (RAISED, Outcome.CARRIED)
    assert talk.session.health.waiting == 0


def test_what_is_withdrawn_and_never_answered_is_not_repeated() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    talk.ask()
    talk.session.withdraw({RAISED.key})
    talk.pass_until_due()
    talk.pass_until_due()

    assert talk.ask().token is Token.POLL
