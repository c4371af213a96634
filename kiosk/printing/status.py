"""What a printer said about itself: the bytes that answer DLE EOT 1-4 → a status with three values each.

Decision: silence and garbage are *unknown*, never "paper adequate" (python-escpos reports adequate paper for a
printer that said nothing). This module sends and waits for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from kiosk.printing.answers import is_status

ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER = 1, 2, 3, 4


class Paper(StrEnum):
    """The roll, as its sensors see it."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


class PrinterStatus(msgspec.Struct, frozen=True):
    """None and UNKNOWN mean that the printer did not say. `error` is for a technician, empty when none was told.

    `reached` false: it could not even be opened.
    """

    online: bool | None = None
    paper: Paper = Paper.UNKNOWN
    cover_open: bool | None = None
    error: str = ""
    reached: bool = True

    @property
    def answered(self) -> bool:
        """Whether the printer said anything at all."""
        return self.online is not None or self.paper is not Paper.UNKNOWN or self.cover_open is not None

    @property
    def obstacle(self) -> str:
        """Why nothing can be printed now, in words for an officer; empty when nothing is known to stand in the way."""
        if self.paper is Paper.OUT:
            return "kertas printer habis"
        if self.cover_open:
            return "tutup printer terbuka"
        if self.error:
            return self.error
        return "printer tidak siap" if self.online is False else ""


UNKNOWN = PrinterStatus()


def unreachable(why: str) -> PrinterStatus:
    """The status of a printer that could not even be opened."""
    return PrinterStatus(online=False, error=why, reached=False)


def ask(question: int) -> bytes:
    """DLE EOT n: answered at once, even while the printer is busy or offline."""
    return bytes((0x10, 0x04, question))


IN_TURN_QUESTION = b"\x1dr\x01"  # GS r 1: answered only after everything before it was processed


def process_question(process_id: str) -> bytes:
    """GS ( H function 48: the printer sends the four letters back once everything before them is on paper."""
    return b"\x1d(H\x06\x0000" + process_id.encode("ascii")


def parse(answers: Mapping[int, bytes]) -> PrinterStatus:
    """The status from what came after each question; a missing, empty or malformed answer leaves its part unknown."""
    said = {question: answer[0] for question, answer in answers.items() if len(answer) == 1 and is_status(answer[0])}
    printer, offline, error, paper = (
        said.get(question) for question in (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER)
    )
    return PrinterStatus(
        online=None if printer is None else not printer & 0b0000_1000,
        paper=_paper(paper, offline),
        cover_open=None if offline is None else bool(offline & 0b0000_0100),
        error=_error(error),
    )


def _paper(paper: int | None, offline: int | None) -> Paper:
    if offline is not None and offline & 0b0010_0000:  # stopped at the end of the roll
        return Paper.OUT
    if paper is None:
        return Paper.UNKNOWN
    # Both bits of a pair should agree; printers with one sensor set one of them, so one is enough.
    return Paper.OUT if paper & 0b0110_0000 else Paper.LOW if paper & 0b0000_1100 else Paper.OK


def _error(error: int | None) -> str:
    if error is None:
        return ""
    if error & 0b0000_1000:
        return "pemotong kertas macet"
    if error & 0b0010_0000:
        return "kerusakan printer"
    return "kepala cetak terlalu panas, tunggu sebentar" if error & 0b0100_0000 else ""
