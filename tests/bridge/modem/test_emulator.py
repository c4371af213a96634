"""The emulated modem does what the standards say of a real one, so that what is tried on it means something."""

from __future__ import annotations

from firmware_bridge.modem.emulated_world import Quirks, World
from firmware_bridge.modem.emulator import ACKNOWLEDGE_WITHIN_MS, EmulatedModem
from firmware_bridge.modem.pdu import submit


def said(modem: EmulatedModem, command: bytes, now_ms: int = 0) -> bytes:
    modem.receive(command, now_ms)
    return modem.outgoing(now_ms)


def test_it_echoes_until_it_is_told_not_to() -> None:
    modem = EmulatedModem()

    assert said(modem, b"AT\r") == b"AT\r\r\nOK\r\n"
    assert said(modem, b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert said(modem, b"AT\r") == b"\r\nOK\r\n"


def test_it_sends_only_in_pdu_mode_and_only_whole_frames() -> None:
    modem = EmulatedModem()
    frame, length = submit("+628123456789", "OK")
    said(modem, b"ATE0\r")

    assert said(modem, f"AT+CMGS={length}\r".encode()) == b"\r\n+CMS ERROR: 304\r\n"
    said(modem, b"AT+CMGF=0\r")
    assert said(modem, f"AT+CMGS={length}\r".encode()) == b"\r\n> "
    assert said(modem, f"{frame[:-2]}\x1a".encode()) == b"\r\n+CMS ERROR: 304\r\n"
    said(modem, f"AT+CMGS={length}\r".encode())
    assert said(modem, f"{frame}\x1a".encode()) == b"\r\n+CMGS: 1\r\n\r\nOK\r\n"
    assert [text.text for text in modem.world.sent] == ["OK"]


def test_esc_ends_a_half_given_message() -> None:
    modem = EmulatedModem()
    said(modem, b"ATE0\rAT+CMGF=0\rAT+CMGS=20\r0031")

    assert said(modem, b"\x1bAT\r") == b"\r\nOK\r\n\r\nOK\r\n"
    assert modem.world.sent == []


def test_a_missed_acknowledgement_switches_routing_off() -> None:
    modem = EmulatedModem(Quirks(insists_on_acknowledgement=True))
    said(modem, b"ATE0\rAT+CMGF=0\rAT+CNMI=2,2,0,1,0\r")
    modem.text_in("+628123456789", "OK", 0)
    modem.outgoing(ACKNOWLEDGE_WITHIN_MS + 1)

    assert b"+CNMI: 2,0,0,0,0" in said(modem, b"AT+CNMI?\r", ACKNOWLEDGE_WITHIN_MS + 1)


def test_a_power_cut_forgets_every_setting_and_locks_the_sim() -> None:
    modem = EmulatedModem(world=World(pin="4711"))
    said(modem, b"ATE0\rAT+CMGF=0\rAT+CNMI=2,2,0,1,0\r")
    modem.power_cut(5)

    assert modem.outgoing(5) == b"\x00\x00\r\nRDY\r\n"
    assert b"+CNMI: 0,0,0,0,0" in said(modem, b"AT+CNMI?\r")
    assert b"+CPIN: SIM PIN" in said(modem, b"AT+CPIN?\r")


def test_three_wrong_pins_lock_the_sim() -> None:
    modem = EmulatedModem(world=World(sim="SIM PIN", pin="4711"))
    for _ in range(3):
        said(modem, b'AT+CPIN="0000"\r')
    said(modem, b'AT+CPIN="4711"\r')

    assert modem.world.sim == "SIM PUK"
