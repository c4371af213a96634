"""The line to a receiver, against one that the test plays: good, wrong, late, in pieces, silent and gone."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import msgspec
import pytest

from firmware_bridge.dc09.envelope import wrap
from firmware_bridge.dc09.evidence import Outcome, Step, fault_words
from firmware_bridge.dc09.exchange import Exchange
from firmware_bridge.dc09.frames import Message, Token, encode
from firmware_bridge.dc09.line import Line
from firmware_bridge.dc09.session import Session
from kiosk.core.clock import ManualClock
from tests.bridge.dc09.rig import KEYS, RAISED, PlayedReceiver, Transport, damaged, settings

NOON_MS = 1_763_812_800_000


class Wire:
    """A line, its session and the receiver that the test plays, in time that the test passes."""

    def __init__(self, transport: Transport, key: str) -> None:
        self.receiver = PlayedReceiver(transport, key)
        self.clock = ManualClock()
        self.settings = settings(self.receiver.port, transport, key=key)
        self.session = Session(self.settings, self.clock.now(), jitter=lambda: 1.0)
        self.line = Line(self.settings, self.session, self.clock)
        self.steps: list[Step] = []

    def turn(self, wait_s: float = 0.0) -> None:
        self.steps += self.line.turn(wait_s)

    def asked(self) -> Message:
        """What the receiver is asked now; something must be due."""
        deadline = time.monotonic() + 10
        self.turn()
        assert self.session.state is Exchange.AWAITING
        while self.line._unsent:
            assert time.monotonic() < deadline, "the question does not leave"
            self.turn(0.2)
        return self.receiver.question()

    def turn_until(self, outcome: Outcome, count: int = 1) -> None:
        deadline = time.monotonic() + 10
        while len([step for step in self.steps if step.outcome is outcome]) < count:
            assert time.monotonic() < deadline, f"{outcome} did not come: {self.steps}"
            self.turn(0.2)

    def turn_until_missed(self, misses: int = 1) -> None:
        deadline = time.monotonic() + 10
        while self.session.health.misses < misses:
            assert time.monotonic() < deadline, f"not missed: {self.session.health}"
            self.turn(0.2)

    def alert(self) -> Message:
        """The first poll is answered, an alert handed over; returns its question."""
        self.receiver.say(self.receiver.ack(self.asked()))
        self.turn_until(Outcome.CARRIED)
        self.steps.clear()
        self.session.submit(RAISED, self.clock.now())
        return self.asked()

    def close(self) -> None:
        self.line.close()
        self.receiver.close()


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=["plain", "AES-256"])
def wire(transport: Transport, request: pytest.FixtureRequest) -> Iterator[Wire]:
    with closing(Wire(transport, KEYS[request.param])) as made:
        yield made


@pytest.fixture
def tcp_wire() -> Iterator[Wire]:
    with closing(Wire("tcp", "")) as made:
        yield made


def test_an_ack_carries_the_alert_and_ends_the_exchange(wire: Wire) -> None:
    question = wire.alert()
    wire.receiver.say(wire.receiver.ack(question))
    wire.turn_until(Outcome.CARRIED)

    assert [step.outcome for step in wire.steps] == [Outcome.HANDED, Outcome.CARRIED]
    assert all("ADM-CID" in step.raw or "ACK" in step.raw for step in wire.steps)
    assert not wire.session.listens


def test_a_nak_is_answered_at_once_with_the_receivers_time(wire: Wire) -> None:
    question = wire.alert()
    wire.receiver.say(encode(Message(Token.NAK, 0, "", time_ms=NOON_MS)))
    wire.turn_until(Outcome.PUT_OFF)
    again = wire.asked()

    assert (again.sequence, again.data) == (question.sequence, question.data)
    assert again.time_ms == (NOON_MS if again.encrypted else None)


def test_a_duh_ends_the_matter_and_is_a_fault(wire: Wire) -> None:
    question = wire.alert()
    wire.receiver.say(encode(Message(Token.DUH, question.sequence, question.account)))
    wire.turn_until(Outcome.REFUSED)

    assert wire.session.health.waiting == 0
    assert fault_words(wire.session.health, wire.clock.now().mono_ms) == ("pusat alarm DC-09 menolak pesan 1120",)


@pytest.mark.parametrize(
    "wrong", ["bad CRC", "another sequence", "another account", "an empty line", "no frame at all"]
)
def test_what_is_no_reply_is_waited_out_and_the_alert_sent_again_after_5_s(wire: Wire, wrong: str) -> None:
    question = wire.alert()
    wire.receiver.say(
        {
            "bad CRC": damaged(wire.receiver.ack(question)),
            "another sequence": wire.receiver.ack(msgspec.structs.replace(question, sequence=question.sequence + 1)),
            "another account": wire.receiver.ack(msgspec.structs.replace(question, account="ABCD")),
            "an empty line": b"\n\r",
            "no frame at all": b'"NAK"\r',
        }[wrong]
    )
    wire.turn_until(Outcome.IGNORED)
    assert wire.session.health.waiting == 1

    wire.clock.advance(5)
    again = wire.asked()
    wire.receiver.say(wire.receiver.ack(again))
    wire.turn_until(Outcome.CARRIED)
    assert again.sequence == question.sequence


def test_silence_is_three_misses_and_a_fault_and_the_alert_waits(wire: Wire) -> None:
    wire.alert()
    for pause_s in (5, 10, 20):
        wire.clock.advance(pause_s)
        wire.asked()
    wire.clock.advance(5)
    wire.turn()

    assert wire.session.health.misses == 4
    assert wire.session.health.waiting == 1
    assert fault_words(wire.session.health, wire.clock.now().mono_ms) == ("pusat alarm DC-09 tidak menjawab",)


def test_a_late_reply_counts(wire: Wire) -> None:
    question = wire.alert()
    wire.clock.advance(5)
    wire.asked()  # again, on a new connection; its reply is late as well
    wire.clock.advance(7)
    wire.turn()
    assert wire.session.health.misses == 2
    wire.receiver.say(wire.receiver.ack(question))

    wire.turn_until(Outcome.CARRIED)
    assert wire.session.health.misses == 0


def test_a_reply_in_pieces_is_a_reply(tcp_wire: Wire) -> None:
    reply = tcp_wire.receiver.ack(tcp_wire.alert())
    for start in range(0, len(reply), 4):
        tcp_wire.receiver.say(reply[start : start + 4])
        tcp_wire.turn(0.2)

    tcp_wire.turn_until(Outcome.CARRIED)
    assert tcp_wire.session.health.ignored == 0


def test_a_receiver_that_hangs_up_in_the_middle_of_a_reply_has_not_replied(tcp_wire: Wire) -> None:
    question = tcp_wire.alert()
    reply = tcp_wire.receiver.ack(question)
    tcp_wire.receiver.say(reply[:-1])
    tcp_wire.receiver.hang_up()
    tcp_wire.turn_until_missed()

    assert Outcome.CARRIED not in [step.outcome for step in tcp_wire.steps]
    assert tcp_wire.session.health.waiting == 1
    tcp_wire.clock.advance(5)
    again = tcp_wire.asked()
    tcp_wire.receiver.say(reply)
    tcp_wire.receiver.hang_up()
    tcp_wire.turn_until(Outcome.CARRIED)
    assert again.sequence == question.sequence


def test_a_receiver_that_hangs_up_without_a_word_is_tried_again_after_5_s(tcp_wire: Wire) -> None:
    tcp_wire.alert()
    tcp_wire.receiver.hang_up()
    tcp_wire.turn_until_missed()

    assert tcp_wire.session.health.trouble == "penerima menutup sambungan"
    tcp_wire.clock.advance(4.9)
    assert not tcp_wire.session.is_due_to_send(tcp_wire.clock.now())
    tcp_wire.clock.advance(0.1)
    assert tcp_wire.asked().token is Token.EVENT


def test_a_receiver_that_resets_the_connection_is_tried_again(tcp_wire: Wire) -> None:
    tcp_wire.alert()
    assert tcp_wire.receiver._line is not None
    tcp_wire.receiver._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    tcp_wire.receiver.hang_up()

    tcp_wire.turn_until_missed()
    assert tcp_wire.session.health.waiting == 1


def test_a_receiver_that_babbles_is_hung_up_on(tcp_wire: Wire) -> None:
    tcp_wire.alert()
    for _ in range(9):
        tcp_wire.receiver.say(b"bla" * 600 + b"\r")
        tcp_wire.turn_until(Outcome.IGNORED, tcp_wire.session.health.ignored + 1)
    assert tcp_wire.receiver._line is not None

    with suppress(ConnectionResetError):  # it may have closed with words of ours unread, which is as well
        assert tcp_wire.receiver._line.recv(1) == b""


def test_a_port_where_nobody_listens_is_a_miss_at_once(transport: Transport) -> None:
    with closing(PlayedReceiver(transport)) as gone:
        port = gone.port
    clock = ManualClock()
    used = settings(port, transport)
    session = Session(used, clock.now(), jitter=lambda: 1.0)
    with closing(Line(used, session, clock)) as line:
        deadline = time.monotonic() + 10
        while session.health.misses == 0:
            assert time.monotonic() < deadline
            line.turn(0.2)

    assert "refused" in session.health.trouble


def test_a_network_that_cannot_be_reached_is_a_miss(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    used = settings(9, transport)
    session = Session(used, clock.now(), jitter=lambda: 1.0)

    def unreachable(*_: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", unreachable)
    with closing(Line(used, session, clock)) as line:
        line.turn(0)

    assert session.health.misses == 1


def test_an_empty_datagram_is_no_end_of_the_line() -> None:
    with closing(Wire("udp", "")) as wire:
        question = wire.alert()
        wire.receiver.say(b"")
        wire.turn(0.2)
        wire.receiver.say(wire.receiver.ack(question))

        wire.turn_until(Outcome.CARRIED)
        assert wire.session.health.misses == 0


def test_a_datagram_from_somebody_else_is_not_read() -> None:
    with closing(Wire("udp", "")) as wire, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        question = wire.alert()
        stranger.bind(("127.0.0.1", 0))
        stranger.sendto(wire.receiver.ack(question), wire.receiver._peer)
        wire.turn(0.2)
        assert [step.outcome for step in wire.steps] == [Outcome.HANDED]

        wire.receiver.say(wrap(f'"ACK"{question.sequence:04}R0L0#1234[]'.encode()))
        wire.turn_until(Outcome.CARRIED)
