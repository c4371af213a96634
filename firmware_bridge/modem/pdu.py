"""SMS frames of 3GPP TS 23.040: the one we send (SUBMIT) and the two we get (DELIVER, STATUS-REPORT).

Decision: PDU mode (AT+CMGF=0), not text mode, for four reasons. A received text reaches us as hex digits, so nobody can
text the box a line that looks like the modem's own `+CDS` and forge a delivery. The wish for a status report lies in
the frame itself and not in a setting (AT+CSMP) that a modem forgets when its voltage dips. Text mode's `+CDS` leaves
out fields as each maker likes and depends on AT+CSDH. And the character set is ours, not that of AT+CSCS.
Nothing is sent in several parts; a part of somebody's long message is read as the text it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from firmware_bridge.modem import gsm7
from kiosk.core.errors import BadInput

VALIDITY_MIN = 60  # how long a service centre tries; later the news is old, and a new message is sent anyway
_RELATIVE_VALIDITY = VALIDITY_MIN // 5 - 1  # TP-VP up to 143 counts (n + 1) × 5 minutes
_SUBMIT, _VALIDITY_RELATIVE, _REPORT_WANTED = 0x01, 0x10, 0x20
_INTERNATIONAL, _NATIONAL, _ALPHANUMERIC = 0x91, 0x20, 0x50
_TYPE_OF_NUMBER = 0x70
_HEADER_PRESENT = 0x40
_NIBBLES = "0123456789*#abc"


class Delivered(msgspec.Struct, frozen=True):
    """A text that somebody sent us. `sender` as it came: digits, `+` digits, or a name."""

    sender: str
    text: str


class StatusReport(msgspec.Struct, frozen=True):
    """What became of a text of ours. `under_way_s` is how long the centre had it, by the centre's own clock."""

    reference: int
    number: str
    status: int
    under_way_s: int | None


def submit(number: str, text: str) -> tuple[str, int]:
    """The frame in hex, and the length that AT+CMGS wants (octets without the service centre's).

    `number` is `+` digits, `text` within the GSM alphabet and 160 septets; BadInput otherwise.
    """
    if not gsm7.is_sendable(text) or gsm7.septets(text) > gsm7.MESSAGE_SEPTETS:
        raise BadInput("teks tidak muat dalam satu SMS")
    digits = number.removeprefix("+")
    if not (number.startswith("+") and digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise BadInput("nomor tujuan SMS harus berbentuk +62…")
    frame = bytes((_SUBMIT | _VALIDITY_RELATIVE | _REPORT_WANTED, 0, len(digits), _INTERNATIONAL))
    frame += bcd(digits) + bytes((0, 0, _RELATIVE_VALIDITY, gsm7.septets(text))) + gsm7.pack(text)
    return f"00{frame.hex().upper()}", len(frame)


def bcd(digits: str) -> bytes:
    """Digits in swapped nibbles, filled up with F."""
    even = digits + "F" * (len(digits) % 2)
    return bytes(int(even[at + 1] + even[at], 16) for at in range(0, len(even), 2))


def read(hex_digits: str, length: int) -> Delivered | StatusReport:
    """A frame as `+CMT`, `+CDS` or `+CMGL` brings it, where `length` is the one they announced.

    Raises BadInput for a frame that is damaged, cut, of another length or of another kind.
    """
    try:
        data = bytes.fromhex(hex_digits)
        if len(data) != length:  # some modems leave the service centre out altogether
            data = data[data[0] + 1 :]
        if len(data) != length:
            raise BadInput("panjang PDU tidak cocok")
        kinds: dict[int, Callable[[_Octets], Delivered | StatusReport]] = {0: _deliver, 2: _status_report}
        octets = _Octets(data)
        return kinds[data[0] & 0x03](octets)
    except (ValueError, IndexError, KeyError) as error:
        raise BadInput(f"PDU rusak: {type(error).__name__}") from error


class _Octets:
    """Octets taken from the front. Raises IndexError when there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, count: int) -> bytes:
        taken, self._data = self._data[:count], self._data[count:]
        if len(taken) < count:
            raise IndexError("cut")
        return taken

    def one(self) -> int:
        return self.take(1)[0]

    def address(self) -> str:
        count, kind = self.one(), self.one()
        data = self.take((count + 1) // 2)
        if kind & _TYPE_OF_NUMBER == _ALPHANUMERIC:
            return gsm7.unpack(data, count * 4 // 7)
        nibbles = [nibble for octet in data for nibble in (octet & 0x0F, octet >> 4)][:count]
        digits = "".join(_NIBBLES[nibble] for nibble in nibbles)
        if kind & _TYPE_OF_NUMBER == _INTERNATIONAL & _TYPE_OF_NUMBER:
            return "+" + digits
        national = kind & _TYPE_OF_NUMBER == _NATIONAL
        return "0" + digits.removeprefix("0") if national else digits

    def moment(self) -> datetime | None:
        """A time stamp of the service centre; None where it is none."""
        swapped = [octet >> 4 | (octet & 0x0F) << 4 for octet in self.take(7)]
        year, month, day, hour, minute, second = (
            int(f"{octet:x}") if f"{octet:x}".isdigit() else -1 for octet in swapped[:6]
        )
        quarters = (swapped[6] >> 4 & 0x07) * 10 + (swapped[6] & 0x0F)
        offset = timedelta(minutes=15 * quarters * (-1 if swapped[6] & 0x80 else 1))
        try:
            return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC) - offset
        except ValueError:
            return None


def _deliver(octets: _Octets) -> Delivered:
    first = octets.one()
    sender = octets.address()
    octets.one()  # protocol
    coding = octets.one()
    octets.moment()
    return Delivered(sender, _text(octets, coding, with_header=bool(first & _HEADER_PRESENT)))


def _status_report(octets: _Octets) -> StatusReport:
    octets.one()
    reference, number = octets.one(), octets.address()
    taken, discharged = octets.moment(), octets.moment()
    under_way_s = round((discharged - taken).total_seconds()) if taken and discharged else None
    return StatusReport(reference, number, octets.one(), under_way_s)


def _text(octets: _Octets, coding: int, with_header: bool) -> str:
    length = octets.one()
    alphabet = _alphabet(coding)
    data = octets.take((length * 7 + 7) // 8 if alphabet == 0 else length)
    header_octets = data[0] + 1 if with_header and data else 0
    if alphabet == 0:
        header_septets = (header_octets * 8 + 6) // 7
        return gsm7.unpack(data, max(0, length - header_septets), header_septets)
    body = data[header_octets:]
    return body.decode("utf-16-be" if alphabet == 2 else "latin-1", errors="replace")


def _alphabet(coding: int) -> int:
    """0: GSM 7-bit, 1: octets, 2: UCS-2 (TS 23.038, section 4)."""
    group = coding >> 4
    if group in (0x0, 0x1, 0x4, 0x5):
        return 0 if coding & 0x20 else (coding >> 2 & 0x03) % 3
    if group == 0xF:
        return coding >> 2 & 0x01
    return 2 if group == 0xE else 0
