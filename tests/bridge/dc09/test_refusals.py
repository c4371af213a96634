"""What a NAK and a DUH make of a message: sent again with the receiver's time, or never again and a fault."""

from __future__ import annotations

import pytest

from firmware_bridge.dc09.envelope import wrap
from firmware_bridge.dc09.evidence import Health, Outcome, fault_words
from firmware_bridge.dc09.frames import Token
from firmware_bridge.frames import FAULT_WORDS_LIMIT
from tests.bridge.dc09.rig import KEYS, RAISED, SECOND, Talk, talking


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_nak_sends_the_message_again_at_once_with_the_receivers_time(key: str) -> None:
    talk = talking(key=key, timestamps=True)
    talk.session.submit(RAISED, talk.now)
    first = talk.ask()
    receiver_ms = first.time_ms + 12_345_000  # type: ignore[operator]
    steps = talk.answer(talk.reply(Token.NAK, first, receiver_ms))
    second = talk.ask()

    assert [(step.outcome, step.action) for step in steps] == [(Outcome.PUT_OFF, None)]
    assert second.sequence == first.sequence
    assert second.time_ms == receiver_ms
    talk.answer(talk.reply(Token.ACK, second))
    talk.pass_until_due()
    assert talk.ask().time_ms == receiver_ms + 25_000
    assert talk.words() == ()


def test_a_receiver_that_says_nak_for_ever_is_a_fault_and_no_storm() -> None:
    talk = talking(key=KEYS["AES-256"])
    talk.session.submit(RAISED, talk.now)
    pauses = []
    for _ in range(6):
        question = talk.ask()
        talk.answer(talk.reply(Token.NAK, question, talk.now.wall_ms))
        pauses.append(talk.pass_until_due())

    assert pauses == [0, 5, 10, 20, 40, 60]
    assert talk.words() == ("pusat alarm DC-09 terus menjawab NAK",)


def test_a_nak_without_a_time_is_no_reason_to_hurry() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    talk.ask()
    talk.answer(wrap(b'"NAK"0000R0L0A0[]'))

    assert talk.pass_until_due() == 5


def test_a_late_nak_still_tells_the_time() -> None:
    talk = talking(timestamps=True)
    talk.session.submit(RAISED, talk.now)
    question = talk.ask()
    talk.pass_s(5.5)
    talk.answer(talk.reply(Token.NAK, question, 1_000_000_000_000))

    assert talk.ask().time_ms == 1_000_000_000_000


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_duh_is_not_repeated_and_is_a_fault_until_an_event_is_carried(key: str) -> None:
    talk = talking(key=key)
    talk.session.submit(RAISED, talk.now)
    steps = talk.answer(talk.reply(Token.DUH, talk.ask()))

    assert [(step.event, step.outcome, step.action) for step in steps] == [(RAISED, Outcome.REFUSED, None)]
    assert talk.words() == ("pusat alarm DC-09 menolak pesan 1120",)
    assert talk.pass_until_due() == 25
    poll = talk.ask()
    assert poll.token is Token.POLL
    talk.answer(talk.reply(Token.ACK, poll))
    assert talk.words() != ()

    talk.session.submit(SECOND, talk.now)
    talk.answer(talk.reply(Token.ACK, talk.ask()))
    assert talk.words() == ()


def test_a_receiver_that_refuses_polls_is_a_fault_of_its_own() -> None:
    talk = Talk()
    talk.answer(talk.reply(Token.DUH, talk.ask()))

    assert talk.words() == ("pusat alarm DC-09 menolak pemeriksaan",)
    talk.pass_until_due()
    talk.answer(talk.reply(Token.ACK, talk.ask()))
    assert talk.words() == ()


@pytest.mark.parametrize("says_nak", [False, True])
def test_the_words_of_a_fault_fit_the_line_of_the_box(says_nak: bool) -> None:
    told = fault_words(Health(0, misses=3, says_nak=says_nak, refused_event="1120", refuses_polls=True), 0)

    assert len(told) == 3
    assert all(len(line) <= FAULT_WORDS_LIMIT for line in told)
