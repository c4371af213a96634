"""DC-09 messages and replies as values, and their bytes: `"ADM-CID"0001R0L0#1234[#1234|1120 01 001]`. Pure.

Reading is strict where a mistake could claim too much (CRC, length, token, sequence, account, the key) and lenient
where receivers differ and nothing hangs on it: a reply may leave out R and L, a NAK's account is `A0`, `#0` or
missing and its R and L stand in either order, extended data are skipped. Whether a reply answers what was asked is
for `session` to say.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from firmware_bridge.dc09.cipher import Cipher
from firmware_bridge.dc09.envelope import unwrap, wrap
from kiosk.core.errors import BadInput

LAST_SEQUENCE = 9_999
_TIME_FORM = "%H:%M:%S,%m-%d-%Y"
_HEX = "[0-9A-Fa-f]"
_BODY = re.compile(
    rf'"(?P<star>\*?)(?P<token>ADM-CID|NULL|ACK|DUH)"(?P<sequence>[0-9]{{4}})'
    rf"(?:R(?P<receiver>{_HEX}{{1,6}}))?(?:L(?P<line>{_HEX}{{1,6}}))?#(?P<account>{_HEX}{{3,16}})\[(?P<rest>.*)"
)
_NAK = re.compile(rf'"NAK"[0-9]{{4}}(?:[RL]{_HEX}{{1,6}}){{0,2}}(?:#?{_HEX}{{1,16}})?\[(?P<rest>.*)')
_REST = re.compile(r"(?P<data>[^\[\]]*)\](?:\[[^\[\]]*\])*(?:_(?P<time>[0-9:]{8},[0-9-]{10}))?")
_DATA = re.compile(r"[\x20-\x5a\x5e-\x7e]{0,200}")  # printable, without [ \ ]


class Token(StrEnum):
    EVENT = "ADM-CID"
    POLL = "NULL"
    ACK = "ACK"
    NAK = "NAK"
    DUH = "DUH"


class Message(msgspec.Struct, frozen=True):
    """One message or reply. `time_ms` is Unix milliseconds, whole seconds on the wire; `encrypted` is how it came."""

    token: Token
    sequence: int
    account: str
    data: str = ""
    receiver: str | None = "0"
    line: str | None = "0"
    time_ms: int | None = None
    encrypted: bool = False


def next_sequence(sequence: int) -> int:
    """0001 to 9999, and 0001 again: 0000 belongs to the NAK."""
    return sequence % LAST_SEQUENCE + 1


def encode(message: Message, cipher: Cipher | None = None) -> bytes:
    """The frame, encrypted where there is a cipher. Raises BadInput for what no frame can carry.

    An encrypted message must have a time (DC-09 5.4.4); a NAK is never encrypted and has a header of its own.
    """
    if not 0 <= message.sequence <= LAST_SEQUENCE or not _DATA.fullmatch(message.data):
        raise BadInput("urutan atau isi pesan DC-09 di luar batas")
    time = "" if message.time_ms is None else "_" + _time_text(message.time_ms)
    rest = f"{message.data}]{time}"
    if message.token is Token.NAK:
        return wrap(f'"NAK"0000R0L0A0[{rest}'.encode("ascii"))
    number = f"{message.sequence:04}"
    number += f"R{message.receiver}" if message.receiver is not None else ""
    number += f"L{message.line}" if message.line is not None else ""
    if cipher is None:
        return wrap(f'"{message.token}"{number}#{message.account}[{rest}'.encode("ascii"))
    if message.time_ms is None:
        raise BadInput("pesan DC-09 tersandi harus membawa waktu")
    return wrap(f'"*{message.token}"{number}#{message.account}[{cipher.encrypt(rest)}'.encode("ascii"))


def decode(frame: bytes, cipher: Cipher | None = None) -> Message:
    """What one whole frame says. Raises BadInput saying why it says nothing."""
    body = unwrap(frame)
    if (nak := _NAK.fullmatch(body)) is not None:
        data, time_ms = _rest(nak["rest"])
        return Message(Token.NAK, 0, "", data, time_ms=time_ms)
    found = _BODY.fullmatch(body)
    if found is None:
        raise BadInput("isi bingkai DC-09 tidak dikenal")
    rest = found["rest"]
    if found["star"]:
        if cipher is None:
            raise BadInput("pesan tersandi, padahal tidak ada kunci yang disepakati")
        rest = cipher.decrypt(rest)
    data, time_ms = _rest(rest)
    if found["star"] and time_ms is None:
        raise BadInput("pesan tersandi tanpa waktu")
    return Message(
        *(Token(found["token"]), int(found["sequence"]), found["account"].upper(), data),
        *(found["receiver"], found["line"], time_ms, bool(found["star"])),
    )


def _rest(rest: str) -> tuple[str, int | None]:
    found = _REST.fullmatch(rest)
    if found is None:
        raise BadInput("kurung atau waktu pesan DC-09 tidak benar")
    if found["time"] is None:
        return found["data"], None
    try:
        at = datetime.strptime(found["time"], _TIME_FORM).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput(f"waktu {found['time']} tidak ada") from error
    return found["data"], round(at.timestamp() * 1000)


def _time_text(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime(_TIME_FORM)
