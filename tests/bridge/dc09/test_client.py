"""The path as the bridge sees it: nothing waits, nothing leaks, and its thread ends when told."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from firmware_bridge.dc09.client import ReceiverClient
from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Outcome, Step
from firmware_bridge.dc09.frames import Token, encode
from firmware_bridge.dc09.line import Line
from firmware_bridge.dc09.questions import QUEUE_LIMIT
from kiosk.core.alert import AlertCode
from kiosk.core.clock import SystemClock
from tests.bridge.dc09.rig import KEYS, RAISED, PlayedReceiver, settings
from tests.bridge.rig import wait_until

KEY = KEYS["AES-192"]


@pytest.fixture
def receiver() -> Iterator[PlayedReceiver]:
    with closing(PlayedReceiver("tcp", KEY)) as made:
        yield made


@pytest.fixture
def client(receiver: PlayedReceiver) -> Iterator[ReceiverClient]:
    with closing(ReceiverClient(settings(receiver.port, key=KEY), SystemClock())) as made:
        yield made


def steps_until(client: ReceiverClient, outcome: Outcome) -> list[Step]:
    seen: list[Step] = []

    def came() -> bool:
        seen.extend(client.take_steps())
        return outcome in [step.outcome for step in seen]

    wait_until(came)
    return seen


def test_an_alert_goes_out_at_once_and_its_evidence_comes_back(
    client: ReceiverClient, receiver: PlayedReceiver
) -> None:
    first = receiver.question()
    receiver.say(receiver.ack(first))
    assert client.submit(RAISED)
    question = receiver.question()
    receiver.say(receiver.ack(question))

    seen = steps_until(client, Outcome.CARRIED)
    assert first.token is Token.POLL
    assert question.data == "#1234|1120 01 001"
    assert [step.outcome for step in seen] == [Outcome.HANDED, Outcome.CARRIED]
    assert client.take_steps() == []
    assert client.faults() == ()


def test_an_alert_wakes_the_thread_and_does_not_wait_for_its_next_turn(
    client: ReceiverClient, receiver: PlayedReceiver
) -> None:
    receiver.say(receiver.ack(receiver.question()))
    began_s = time.monotonic()
    for number in range(6):
        client.submit(Event(str(number), Report.RAISED, AlertCode.FIRE))
        receiver.say(receiver.ack(receiver.question()))
        steps_until(client, Outcome.CARRIED)

    assert time.monotonic() - began_s < 3  # without being woken it takes a second each


def test_handing_over_never_waits_even_when_the_receiver_is_silent_and_the_queue_is_full(
    client: ReceiverClient, receiver: PlayedReceiver
) -> None:
    receiver.question()  # the poll, which stays unanswered
    began_s = time.monotonic()
    taken = 0
    while client.submit(Event(str(taken), Report.RAISED, AlertCode.FIRE)):
        taken += 1
        client.take_steps()
        client.faults()

    assert 1_000 <= taken <= 2_000  # what the session holds, and what waits for it to have room
    assert time.monotonic() - began_s < 4  # one that waited for a reply would take 5 s for the first alone


def test_of_more_events_than_the_session_holds_none_is_lost(receiver: PlayedReceiver) -> None:
    wanted = {str(number) for number in range(QUEUE_LIMIT + 50)}
    carried: list[str] = []
    with closing(ReceiverClient(settings(receiver.port, key=KEY), SystemClock())) as client:
        first = receiver.question()
        for key in sorted(wanted):
            event = Event(key, Report.RAISED, AlertCode.FIRE)
            wait_until(lambda handed=event: client.submit(handed))  # type: ignore[misc]
        receiver.say(receiver.ack(first))
        for _ in wanted:
            receiver.say(receiver.ack(receiver.question()))
        while len(carried) < len(wanted):
            steps = steps_until(client, Outcome.CARRIED)
            carried += [step.event.key for step in steps if step.event and step.outcome is Outcome.CARRIED]

    assert sorted(carried) == sorted(wanted)


def test_the_end_does_not_wait_for_a_receiver_that_hangs(client: ReceiverClient, receiver: PlayedReceiver) -> None:
    receiver.question()
    began_s = time.monotonic()
    client.close()

    assert time.monotonic() - began_s < 0.9  # a thread that is not woken sits out its second
    assert not client.submit(RAISED)
    assert "dc09" not in [thread.name for thread in threading.enumerate()]


def test_the_end_does_not_wait_for_a_connection_that_is_never_made() -> None:
    """A full backlog swallows connections as a firewall does."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(("127.0.0.1", port))
        client = ReceiverClient(settings(port), SystemClock())
        client.submit(RAISED)
        began_s = time.monotonic()
        client.close()

        assert time.monotonic() - began_s < 0.9  # a thread that is not woken sits out its second
        assert Outcome.CARRIED not in [step.outcome for step in client.take_steps()]
        for line in waiting:
            line.close()


def test_closing_twice_does_no_harm(client: ReceiverClient) -> None:
    client.close()
    client.close()


def test_neither_key_nor_account_is_in_a_log(
    client: ReceiverClient, receiver: PlayedReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.say(receiver.ack(receiver.question()))
    client.submit(RAISED)
    receiver.say(b"rubbish\r" + encode(receiver_nak := receiver.question()))
    receiver.hang_up()
    steps_until(client, Outcome.IGNORED)

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "event on the path" in logged
    assert KEY not in logged
    assert bytes.fromhex(KEY).hex() not in logged
    assert receiver_nak.account not in logged.replace("alert-1", "")


def test_a_thread_that_dies_is_a_fault(
    client: ReceiverClient, receiver: PlayedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: died.set())

    def broken(*_: object) -> list[Step]:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(Line, "turn", broken)
    client.submit(RAISED)

    assert died.wait(10)
    wait_until(lambda: client.faults() == ("jalur DC-09 mati",))
