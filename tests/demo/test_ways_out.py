"""The demo's GSM modem and its alarm receiving centre, spoken to by the very clients of the bridge."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.demo.ladder import demo_ladder
from deploy.demo.modem import PluggedModem
from deploy.demo.receiving_centre import ReceivingCentre
from firmware_bridge.dc09.client import ReceiverClient
from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Outcome, Step
from firmware_bridge.dc09.frames import Message, Token, encode
from firmware_bridge.dc09.settings import ReceiverSettings
from firmware_bridge.modem.events import Received
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.port import Modem
from firmware_bridge.modem.texts import Place, alert_text
from kiosk.core.alert import Alert, AlertCode, AlertState, Evidence
from kiosk.core.clock import SystemClock
from kiosk.core.ladder_document import ladder_faults
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.sms_answer import SmsAnswer, read_answer
from tests.demo.waiting import wait_until

ALERT = Alert(
    *("019aa8f1-666f-7000-8000-0000003f2a9c", AlertCode.PANIC, "panic", AlertState.SENDING, Evidence.HANDED),
    *("8899aabbccddeeff", 1_763_770_800_000, 10_000, "boot-1"),
)
CONTACT = demo_ladder().contacts[0]
WAITS_S = 30.0


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[PluggedModem]:
    with PluggedModem(tmp_path / "gsm-modem", demo_ladder()) as modem:
        yield modem


@pytest.fixture
def bridge(plugged: PluggedModem, tmp_path: Path) -> Iterator[Modem]:
    with closing(Modem(ModemSettings(devices=(str(plugged.path),)), tmp_path, SystemClock())) as modem:
        yield modem


def text_for(number: str) -> Text:
    return Text(ALERT.id, number, alert_text(ALERT, Place("Kelurahan Sukamaju"), number))


def test_the_demos_ladder_is_a_good_one() -> None:
    assert list(ladder_faults(demo_ladder())) == []


def test_a_text_is_shown_with_its_contact_and_what_to_answer(plugged: PluggedModem, bridge: Modem) -> None:
    bridge.send(text_for(CONTACT.number))
    wait_until(lambda: len(plugged.texts()) == 1, WAITS_S)
    [text] = plugged.texts()
    assert (text.way, text.contact, text.name) == ("out", CONTACT.id, CONTACT.name)
    assert text.answer.startswith("OK 3F2A9C ")


def test_what_the_page_offers_to_answer_is_an_answer_of_that_contact(plugged: PluggedModem, bridge: Modem) -> None:
    bridge.send(text_for(CONTACT.number))
    wait_until(lambda: len(plugged.texts()) == 1, WAITS_S)
    plugged.answer(CONTACT.id, plugged.texts()[0].answer)
    received: list[Received] = []

    def has_come() -> bool:
        received.extend(bridge.take_received())
        return bool(received)

    wait_until(has_come, WAITS_S)
    answer = read_answer(received[0].text, received[0].sender, demo_ladder(), [ALERT])
    assert isinstance(answer, SmsAnswer)
    assert answer.contact == CONTACT
    assert [text.way for text in plugged.texts()] == ["in", "out"]


def test_a_power_cut_takes_the_modem_and_brings_it_back_under_its_name(plugged: PluggedModem, bridge: Modem) -> None:
    plugged.power_off()
    assert not plugged.path.exists()
    plugged.answer(CONTACT.id, "nobody reads this")
    plugged.power_on()
    bridge.send(text_for(CONTACT.number))
    wait_until(lambda: [text.way for text in plugged.texts()] == ["out", "in"], WAITS_S)


def test_a_name_left_by_a_demo_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "gsm-modem").symlink_to("/dev/pts/gone")
    with PluggedModem(tmp_path / "gsm-modem", demo_ladder()) as modem:
        assert modem.path.exists()


@pytest.fixture
def centre() -> Iterator[ReceivingCentre]:
    with ReceivingCentre("127.0.0.1", 0) as centre:
        yield centre


def test_the_centre_acknowledges_what_the_bridge_tells_it_and_logs_it_in_words(centre: ReceivingCentre) -> None:
    client = ReceiverClient(ReceiverSettings("127.0.0.1", centre.port, "1234", poll_s=5), SystemClock())
    with closing(client):
        client.submit(Event(ALERT.id, Report.RAISED, AlertCode.PANIC, zone=1))
        client.submit(Event("test", Report.TEST))
        wait_until(lambda: len(centre.log.entries()) == 2, WAITS_S)
        steps: list[Step] = []

        def are_carried() -> bool:
            steps.extend(client.take_steps())
            return [step.outcome for step in steps].count(Outcome.CARRIED) == 2

        wait_until(are_carried, WAITS_S)
    newest, first = centre.log.entries()
    assert [(entry.code, entry.words) for entry in (first, newest)] == [
        (120, "keadaan darurat"),
        (602, "uji harian"),
    ]
    assert "#1234|1120 01 001" in first.frame


def test_the_centre_answers_no_rubbish_and_ends_with_a_caller_still_there(centre: ReceivingCentre) -> None:
    with socket.create_connection(("127.0.0.1", centre.port)) as caller:
        caller.sendall(b'GET / HTTP/1.0\r\n\r\n\n0000000C"NULL"0001L0\r')
        wait_until(lambda: centre.log.refused >= 1)
        centre.__exit__(None, None, None)
        assert caller.recv(1) == b""
    assert centre.log.entries() == ()


def test_without_a_signal_the_modem_answers_and_nothing_goes_out_or_in(plugged: PluggedModem, tmp_path: Path) -> None:
    plugged.set_signal(False)
    with closing(Modem(ModemSettings(devices=(str(plugged.path),)), tmp_path, SystemClock())) as bridge:
        wait_until(lambda: bridge.health.registration == 2, WAITS_S)
        bridge.send(text_for(CONTACT.number))
        plugged.answer(CONTACT.id, "nobody reads this")
        assert not bridge.health.is_usable
        assert [text.way for text in plugged.texts()] == ["in"]
        assert bridge.take_received() == []


def test_a_signal_that_is_back_is_there_after_a_power_cut_too(plugged: PluggedModem, bridge: Modem) -> None:
    for has_signal in (False, True):
        plugged.set_signal(has_signal)
        plugged.power_off()
        plugged.power_on()
    bridge.send(text_for(CONTACT.number))
    wait_until(lambda: [text.way for text in plugged.texts()] == ["out"], WAITS_S)


def test_a_centre_whose_line_is_down_acknowledges_nothing(centre: ReceivingCentre) -> None:
    frame = encode(Message(Token.POLL, 1, "1234"))
    centre.set_line(False)
    with socket.create_connection(("127.0.0.1", centre.port)) as caller:
        caller.sendall(frame)
        assert caller.recv(100) == b""
    centre.set_line(True)
    with socket.create_connection(("127.0.0.1", centre.port)) as caller:
        caller.sendall(frame)
        assert b"ACK" in caller.recv(100)
    assert centre.polled_ms is not None
