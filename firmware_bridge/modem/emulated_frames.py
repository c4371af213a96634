"""The network's end of SMS for the emulated modem: reads SUBMIT, makes DELIVER and STATUS-REPORT (3GPP TS 23.040)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from firmware_bridge.modem import gsm7
from firmware_bridge.modem.pdu import bcd

CENTRE = bytes((7, 0x91)) + bcd("628110000000")
_EPOCH = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_OFFSET_QUARTERS = 28  # WIB, +7 h


class Submitted(msgspec.Struct, frozen=True):
    """What the host asked the modem to send."""

    number: str
    text: str
    wants_report: bool


def submitted(frame: bytes) -> Submitted:
    """Reads a SUBMIT with its service centre in front. Raises ValueError or IndexError for a damaged one."""
    body = frame[frame[0] + 1 :]
    if body[0] & 0x03 != 0x01:
        raise ValueError("no SUBMIT")
    count = body[2]
    octets = (count + 1) // 2
    nibbles = "".join(f"{octet & 0x0F:x}{octet >> 4:x}" for octet in body[4 : 4 + octets])[:count]
    rest = body[4 + octets :]
    validity = 1 if body[0] & 0x18 == 0x10 else 0
    length, data = rest[2 + validity], rest[3 + validity :]
    if len(data) != (length * 7 + 7) // 8:
        raise ValueError("length does not fit")
    return Submitted("+" + nibbles, gsm7.unpack(data, length), bool(body[0] & 0x20))


def deliver(sender: str, text: str, at_ms: int) -> tuple[str, int]:
    """A text for the host from `sender` (`+` digits, digits, or a name): hex, and the length without the centre."""
    if gsm7.is_sendable(text):
        coding, data, length = 0, gsm7.pack(text), gsm7.septets(text)
    else:
        coding, data = 8, text.encode("utf-16-be")
        length = len(data)
    return _framed(bytes((0x04,)) + _address(sender) + bytes((0, coding)) + _stamp(at_ms) + bytes((length,)) + data)


def status_report(reference: int, number: str, status: int, taken_ms: int, done_ms: int) -> tuple[str, int]:
    """A report on a text: hex, and the length without the centre."""
    body = bytes((0x06, reference)) + _address(number) + _stamp(taken_ms) + _stamp(done_ms) + bytes((status,))
    return _framed(body)


def _framed(body: bytes) -> tuple[str, int]:
    return (CENTRE + body).hex().upper(), len(body)


def _address(number: str) -> bytes:
    digits = number.removeprefix("+")
    if digits.isdigit():
        return bytes((len(digits), 0x91 if number.startswith("+") else 0x81)) + bcd(digits)
    packed = gsm7.pack(number)
    return bytes(((gsm7.septets(number) * 7 + 3) // 4, 0xD0)) + packed


def _stamp(at_ms: int) -> bytes:
    local = _EPOCH + timedelta(milliseconds=at_ms, minutes=15 * _OFFSET_QUARTERS)
    return bcd(f"{local:%y%m%d%H%M%S}{_OFFSET_QUARTERS:02d}")
