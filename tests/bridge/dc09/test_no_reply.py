"""What is no reply proves nothing, and what is one counts however it comes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from firmware_bridge.dc09.cipher import Cipher
from firmware_bridge.dc09.envelope import wrap
from firmware_bridge.dc09.evidence import Outcome
from firmware_bridge.dc09.exchange import Exchange
from firmware_bridge.dc09.frames import Message, Token, encode
from firmware_bridge.dc09.session import IGNORED_LIMIT
from tests.bridge.dc09.rig import KEYS, RAISED, TEST, Talk, damaged, talking

NO_REPLIES: dict[str, Callable[[Talk, Message], bytes]] = {
    "a bad CRC": lambda talk, asked: damaged(talk.reply(Token.ACK, asked)),
    "a DUH with a bad CRC": lambda talk, asked: damaged(talk.reply(Token.DUH, asked)),
    "a NAK with a bad CRC": lambda talk, asked: damaged(talk.reply(Token.NAK, asked, talk.now.wall_ms)),
    "another sequence": lambda talk, asked: talk.reply(
        Token.ACK, msgspec.structs.replace(asked, sequence=asked.sequence + 1)
    ),
    "sequence 0": lambda talk, asked: talk.reply(Token.ACK, msgspec.structs.replace(asked, sequence=0)),
    "another account": lambda talk, asked: talk.reply(Token.ACK, msgspec.structs.replace(asked, account="ABCD")),
    "our own words": lambda talk, asked: talk.reply(Token.EVENT, asked, talk.now.wall_ms),
    "an empty line": lambda talk, asked: b"\n\r",
    "no frame": lambda talk, asked: b'"NAK"',
    "no R but None": lambda talk, asked: wrap(f'"ACK"{asked.sequence:04}NoneL0#1234[]'.encode()),
}
NO_ENCRYPTED_REPLIES: dict[str, Callable[[Talk, Message], bytes]] = {
    "an ACK without encryption": lambda talk, asked: encode(Message(Token.ACK, asked.sequence, "1234")),
    "an ACK under another key": lambda talk, asked: encode(
        Message(Token.ACK, asked.sequence, "1234", time_ms=talk.now.wall_ms), Cipher(b"x" * 16)
    ),
    "an encrypted ACK without time": lambda talk, asked: wrap(
        f'"*ACK"{asked.sequence:04}R0L0#1234[{Cipher(bytes.fromhex(talk.settings.key)).encrypt("]")}'.encode()
    ),
}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [pytest.param(key, wrong, id=f"{wrong} {name}") for name, key in KEYS.items() for wrong in NO_REPLIES]
    + [pytest.param(KEYS["AES-128"], wrong, id=wrong) for wrong in NO_ENCRYPTED_REPLIES],
)
def test_what_is_no_reply_proves_nothing_and_the_message_is_sent_again(key: str, wrong: str) -> None:
    talk = talking(key=key)
    talk.session.submit(RAISED, talk.now)
    question = talk.ask()
    steps = talk.answer((NO_REPLIES | NO_ENCRYPTED_REPLIES)[wrong](talk, question))

    assert {(step.outcome, step.action) for step in steps} == {(Outcome.IGNORED, None)}
    assert all(step.why for step in steps)
    assert talk.session.state is Exchange.AWAITING
    talk.pass_s(5)
    assert talk.session.health.misses == 1
    again = talk.ask()
    assert again.sequence == question.sequence
    assert [step.outcome for step in talk.answer(talk.reply(Token.ACK, again))] == [Outcome.CARRIED]


def test_a_reply_when_nothing_was_asked_proves_nothing() -> None:
    talk = talking()
    for token in (Token.ACK, Token.NAK, Token.DUH):
        steps = talk.answer(talk.reply(token, Message(Token.POLL, 1, "1234"), talk.now.wall_ms))
        assert [step.outcome for step in steps] == [Outcome.IGNORED]
    assert talk.words() == ()


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("piece_bytes", [1, 7, 1_000])
def test_a_reply_in_pieces_with_junk_around_it_is_a_reply(key: str, piece_bytes: int) -> None:
    talk = talking(key=key)
    talk.session.submit(RAISED, talk.now)
    reply = talk.reply(Token.ACK, talk.ask())
    stream = b"\nhalf a fra" + damaged(reply) + reply + b"behind"
    steps = [
        step
        for start in range(0, len(stream), piece_bytes)
        for step in talk.answer(stream[start : start + piece_bytes])
    ]

    assert Outcome.CARRIED in [step.outcome for step in steps]
    assert talk.session.health.waiting == 0


def test_half_a_reply_is_forgotten_with_its_connection() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    reply = talk.reply(Token.ACK, talk.ask())
    assert talk.answer(reply[:15]) == []
    talk.session.lost("gone", talk.now)
    talk.pass_until_due()
    talk.ask()

    assert Outcome.CARRIED not in [step.outcome for step in talk.answer(reply[15:])]
    assert talk.session.state is Exchange.AWAITING


def test_on_udp_a_reply_is_one_datagram() -> None:
    talk = talking(transport="udp")
    talk.session.submit(RAISED, talk.now)
    reply = talk.reply(Token.ACK, talk.ask())
    talk.answer(reply[:15])

    assert Outcome.CARRIED not in [step.outcome for step in talk.answer(reply[15:])]
    assert [step.outcome for step in talk.answer(reply)] == [Outcome.CARRIED]


def test_a_late_reply_counts_while_the_next_sending_is_waited_for() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    reply = talk.reply(Token.ACK, talk.ask())
    talk.pass_until_due()
    talk.pass_until_due()
    talk.ask()
    talk.pass_s(6)

    assert not talk.session.is_due_to_send(talk.now)
    assert [step.outcome for step in talk.answer(reply)] == [Outcome.CARRIED]
    assert not talk.session.listens
    assert talk.session.health.waiting == 0


def test_a_late_reply_to_what_was_overtaken_counts_and_the_alert_is_still_waited_for() -> None:
    talk = talking()
    talk.session.submit(TEST, talk.now)
    late = talk.reply(Token.ACK, talk.ask())
    talk.pass_s(5)
    talk.session.submit(RAISED, talk.now)
    talk.ask()

    assert [step.event for step in talk.answer(late)] == [TEST]
    assert talk.session.state is Exchange.AWAITING
    assert talk.session.health.waiting == 1


def test_a_receiver_that_babbles_is_hung_up_on() -> None:
    talk = talking()
    talk.session.submit(RAISED, talk.now)
    talk.ask()
    for _ in range(IGNORED_LIMIT):
        talk.answer(b"bla\r")
    assert talk.session.listens
    talk.answer(b"bla\r")

    assert not talk.session.listens
    assert talk.session.state is Exchange.PAUSED
