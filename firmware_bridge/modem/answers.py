"""What one line from the modem means. Pure: a line in, a small frozen value out, or None for what says nothing to us.

Makers' habits that are read here: Huawei ends an unknown command with `COMMAND NOT SUPPORT` and chatters `^RSSI`,
`^BOOT` every few seconds; SIM800 tells words for CME errors and announces a restart with `RDY`, later `SMS Ready`; the
answer to AT+CREG? and the unsolicited +CREG differ only in their first field, and an E171 quotes numbers.
"""

from __future__ import annotations

import re

import msgspec

from firmware_bridge.modem.error_words import error_words

OPERATOR_LETTERS = 32
REGISTERED = frozenset({1, 5, 6, 7, 9, 10})  # TS 27.007: home, roaming, the same for SMS only, without CS fallback
SIM_READY = "READY"


class Final(msgspec.Struct, frozen=True):
    """The end of an answer. `words` tell what was wrong; empty when all is well."""

    ok: bool
    words: str = ""
    code: str = ""


class Reference(msgspec.Struct, frozen=True):
    """The carrier took the message under this reference (0–255, wraps)."""

    number: int


class FrameNext(msgspec.Struct, frozen=True):
    """The next line is a frame of `length` octets; `index` where it lies in the memory, None if it came directly."""

    length: int
    index: int | None


class Stored(msgspec.Struct, frozen=True):
    """Something was put into the modem's memory `memory`."""

    memory: str


class Sim(msgspec.Struct, frozen=True):
    """The SIM's state: `READY`, `SIM PIN`, `SIM PUK`, `NOT INSERTED`, …"""

    state: str


class Signal(msgspec.Struct, frozen=True):
    """dBm, or None when the modem does not know."""

    dbm: int | None


class Registration(msgspec.Struct, frozen=True):
    """In the circuit-switched network (`CREG`) or LTE (`CEREG`)."""

    network: str
    stat: int


class Operator(msgspec.Struct, frozen=True):
    name: str


class Service(msgspec.Struct, frozen=True):
    """1: every +CMT and +CDS must be acknowledged with AT+CNMA; 0: the modem does it."""

    number: int


class Routing(msgspec.Struct, frozen=True):
    """Where messages and reports go, as AT+CNMI? tells."""

    messages: int
    reports: int


class Restarted(msgspec.Struct, frozen=True):
    """The modem has started anew or is about to: its settings are gone. `certain` is False for a line that also comes
    some seconds after a start, when its SMS part is ready at last."""

    certain: bool


Answer = Final | Reference | FrameNext | Stored | Sim | Signal | Registration | Operator | Service | Routing | Restarted

_ERROR = re.compile(r"\+(CM[SE]) ERROR\s*:\s*(.*)")
_INFORMATION = re.compile(r"\+([A-Z]+)\s*:\s*(.*)")
_REFUSALS = ("ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS")
_STARTS = {
    "RDY": True,
    "NORMAL POWER DOWN": True,
    "UNDER-VOLTAGE POWER DOWN": True,
    "OVER-VOLTAGE POWER DOWN": True,
    "SMS Ready": False,  # SIM800
    "SMS DONE": False,  # SIM7600
    "+QIND: SMS DONE": False,  # Quectel
}


def meaning(line: str) -> Answer | None:
    """The value that `line` stands for."""
    if line == "OK":
        return Final(True)
    if line in _REFUSALS:
        return Final(False, "modem menolak perintah")
    if line in _STARTS:
        return Restarted(_STARTS[line])
    if error := _ERROR.match(line):
        said = error[2].strip()
        return Final(False, error_words(error[1], said), f"{error[1]} {said}")
    if information := _INFORMATION.match(line):
        return _information(information[1], [field.strip() for field in information[2].split(",")])
    return None


def _information(name: str, fields: list[str]) -> Answer | None:
    last = _number(fields[-1])
    match name:
        case "CMGS":
            reference = _number(fields[0])
            return Reference(reference) if reference is not None and reference <= 255 else None
        case "CMT" | "CDS":
            return FrameNext(last, None) if last is not None else None
        case "CMGL":
            index = _number(fields[0])
            return FrameNext(last, index) if last is not None and index is not None and len(fields) > 2 else None
        case "CMTI" | "CDSI":
            return Stored(fields[0].strip('"')) if fields[0] in ('"SM"', '"ME"', '"MT"', '"SR"') else None
        case "CPIN":
            return Sim(" ".join(fields)[:20])
        case "CSQ":
            level = _number(fields[0])
            return Signal(2 * level - 113 if level is not None and level <= 31 else None)
        case "CREG" | "CEREG":
            return _registration(name, fields)
        case "COPS":
            return Operator(fields[2].strip('"')[:OPERATOR_LETTERS] if len(fields) > 2 else "")
        case "CSMS":
            service = _number(fields[0])
            return Service(service) if service is not None and len(fields) == 4 else None
        case "CNMI":
            numbers = [_number(field) for field in fields]
            messages, reports = (numbers[1], numbers[3]) if len(numbers) > 3 else (None, None)
            return Routing(messages, reports) if messages is not None and reports is not None else None
    return None


def _registration(network: str, fields: list[str]) -> Registration | None:
    """`0,1` answers a question (its setting, then the state); `1` and `1,"0EE3","2CE3"` come unasked."""
    asked = len(fields) > 1 and len(fields[1]) <= 2 and _number(fields[1]) is not None
    stat = _number(fields[1] if asked else fields[0])
    return Registration(network, stat) if stat is not None else None


def _number(field: str) -> int | None:
    return int(field) if field.isascii() and field.isdigit() and len(field) <= 5 else None
