"""What a printer sends back, byte by byte: bytes in, answers out. No waiting and no wire.

Four kinds can come, in any order and late, and their fixed bits tell them apart (Epson ESC/POS reference):
- 0xx1xx10: the answer to DLE EOT, given at once, even while the printer is busy;
- 0xx0xxxx: the paper sensors, which answer GS r 1 in its turn, after everything before it was processed;
- 37h 22h d1 d2 d3 d4 00h: a process id (GS ( H), sent back once everything before it is on paper;
- 0xx1xx00 and three more: a status that some printers send by themselves, whose last bytes look like paper sensors.
Whatever else comes is noise, and noise proves nothing.
"""

from __future__ import annotations

import hashlib
from enum import Enum, StrEnum, auto

import msgspec

_PROCESS_HEAD = b"\x37\x22"
_PROCESS_BYTES = 7
_BY_ITSELF_BYTES = 4
_FLOW_CONTROL = (0x11, 0x13)  # XON and XOFF of a serial line; no answer
_ID_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Kind(Enum):
    """Which question an answer answers."""

    STATUS = auto()
    SENSORS = auto()
    PROCESS = auto()
    NOISE = auto()


class Answer(msgspec.Struct, frozen=True):
    """One answer: its byte, or the four letters of a process id; for noise, what was no answer."""

    kind: Kind
    value: bytes


class Proof(StrEnum):
    """How a printer proved that a job is on paper; the value is for the officer's detail."""

    NONE = ""
    BY_PROCESS_ID = "nomor proses"
    IN_TURN = "jawaban pada gilirannya"


class AnswerReader:
    """Feed it what arrived, in any pieces; it keeps the beginning of an answer that is not whole yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are whole now. A status that the printer sent by itself is dropped."""
        self._waiting += data
        found = []
        while self._waiting and (answer := self._first()) is not None:
            if answer.value:
                found.append(answer)
        return found

    def _first(self) -> Answer | None:
        first = self._waiting[0]
        if is_status(first):
            return self._taken(Kind.STATUS, 1)
        if is_sensors(first):
            return self._taken(Kind.SENSORS, 1)
        if first in _FLOW_CONTROL:
            return self._dropped(1)
        if self._waiting[:2] == _PROCESS_HEAD[: len(self._waiting)]:
            return self._process()
        if first & 0b1001_0011 == 0b0001_0000:
            whole = len(self._waiting) >= _BY_ITSELF_BYTES
            return self._dropped(_BY_ITSELF_BYTES) if whole else None
        return self._taken(Kind.NOISE, 1)

    def _process(self) -> Answer | None:
        if len(self._waiting) < _PROCESS_BYTES:
            return None
        if self._waiting[_PROCESS_BYTES - 1] != 0:
            return self._taken(Kind.NOISE, 1)
        letters = bytes(self._waiting[2 : _PROCESS_BYTES - 1])
        del self._waiting[:_PROCESS_BYTES]
        return Answer(Kind.PROCESS, letters)

    def _taken(self, kind: Kind, length: int) -> Answer:
        value = bytes(self._waiting[:length])
        del self._waiting[:length]
        return Answer(kind, value)

    def _dropped(self, length: int) -> Answer:
        del self._waiting[:length]
        return Answer(Kind.NOISE, b"")


def is_status(byte: int) -> bool:
    """0xx1xx10, as every answer to DLE EOT is."""
    return byte & 0b1001_0011 == 0b0001_0010


def is_sensors(byte: int) -> bool:
    """0xx0xxxx, as the answer to GS r 1 is; told apart from DLE EOT by bit 4."""
    return byte & 0b1001_0000 == 0


class Turns:
    """Counts the answers to GS r 1: they carry no name, so as many must come as may still be owed, and one.

    A printer without paper holds its answers back and gives them later, when they could be taken for another job's.
    """

    MOST_OWED = 7  # more than a printer ever holds back; keeps one that never answers from being asked for ever

    def __init__(self, owed: int = 0) -> None:
        self._owed, self._answered, self._voided = owed, 0, False

    @property
    def questions(self) -> int:
        """How often GS r 1 has to be asked behind this job."""
        return self._owed + 1

    def take(self, answer: Answer) -> bool:
        """Whether this answer proves the job. Never after noise, nor when it says that the roll ran out."""
        if answer.kind is Kind.NOISE:
            self._voided = True
        if answer.kind is Kind.SENSORS:
            self._answered += 1
            self._voided |= bool(answer.value[0] & 0b0000_1100)
        return self._answered >= self.questions and not self._voided

    def owed_now(self) -> int:
        """Answers that may still come, for whoever asks next."""
        return min(self.MOST_OWED, max(0, self.questions - self._answered))


def process_id(job_id: str) -> str:
    """The four letters that a printer is given to send back for this job, e.g. `t7Qe`."""
    number = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8])
    return "".join(_ID_LETTERS[number // len(_ID_LETTERS) ** place % len(_ID_LETTERS)] for place in range(4))
