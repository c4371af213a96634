"""The conversation with a printer over any wire: what it says of itself, and whether a job is on paper.

Rules. A question that was not answered in time is the last of its round: whatever comes after it could be taken for
another question's answer. Answers that come late are waited for and thrown away before the next round. A printer is
asked once whether it gives process ids (GS ( H); one that does proves by them alone, any other by GS r 1 in its turn.
One that knows no GS ( H has a few letters in its line then, which the ESC @ of the next job throws away unprinted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from kiosk.core.errors import PrinterError
from kiosk.printing.answers import Answer, AnswerReader, Kind, Proof, Turns, process_id
from kiosk.printing.status import (
    ASK_ERROR_CAUSE,
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    IN_TURN_QUESTION,
    UNKNOWN,
    PrinterStatus,
    ask,
    parse,
    process_question,
)
from kiosk.printing.wire import Wire

_QUESTIONS = (ASK_PAPER, ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE)
_EMPTY_READ_PAUSE_S = 0.02  # some printer devices say "readable" and give nothing until the answer is there

HowToProve = Literal["auto", "paper_status", "none"]


class Timeouts(msgspec.Struct, frozen=True):
    """How long a printer is waited for."""

    write_s: float = 5.0  # longer than a printer pauses to cool or to cut; then the spool decides whether to go on
    answer_s: float = 0.5  # DLE EOT is answered within 100 ms on a serial line


USUAL_TIMEOUTS = Timeouts()


class WiredPrinter:
    """A printer behind a wire, opened when needed; see `printer.Printer` for what each method promises."""

    def __init__(
        self,
        wire: Wire,
        proof: HowToProve = "auto",
        timeouts: Timeouts = USUAL_TIMEOUTS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire, self._proof, self._timeouts = wire, proof, timeouts
        self._monotonic, self._pause = monotonic, pause
        self._reader = AnswerReader()
        self._has_spoken = False
        self._answer_may_come_late = False
        self._gives_ids: bool | None = None if proof == "auto" else False
        self._owed = 0

    def write(self, chunk: bytes) -> int:
        """See printer.Printer."""
        return self._wire.write(chunk, self._timeouts.write_s)

    def status(self) -> PrinterStatus:
        """See printer.Printer."""
        if not self._wire.answers:
            return UNKNOWN
        if self._answer_may_come_late:
            self._listen(self._timeouts.answer_s, lambda _: False)
        heard = self._round()
        self._has_spoken |= bool(heard)
        self._answer_may_come_late = self._has_spoken and len(heard) < len(_QUESTIONS)
        told = parse(heard)
        if self._gives_ids is None and len(heard) == len(_QUESTIONS) and not told.obstacle:
            self._gives_ids = self._proven_by_id("".join(secrets.choice("abcdefgh") for _ in range(4)), 0)
        return told

    def proof(self, job_id: str, timeout_s: float) -> Proof:
        """See printer.Printer."""
        if self._proof == "none" or not self._wire.answers:
            return Proof.NONE
        self._forget_old_answers()
        if self._gives_ids:
            if self._proven_by_id(process_id(job_id), timeout_s):
                return Proof.BY_PROCESS_ID
            self._gives_ids = None  # it may be another printer by now: asked again when it is idle
            return Proof.NONE
        return Proof.IN_TURN if self._proven_in_turn(timeout_s) else Proof.NONE

    def close(self) -> None:
        """See printer.Printer."""
        self._wire.close()
        self._reader = AnswerReader()

    def _round(self) -> dict[int, bytes]:
        heard: dict[int, bytes] = {}
        for question in _QUESTIONS:
            self._forget_old_answers()
            if not self._ask(ask(question)):
                break
            answer = self._listen(self._timeouts.answer_s, lambda answer: answer.kind in (Kind.STATUS, Kind.NOISE))
            if answer is None or answer.kind is Kind.NOISE:
                break
            heard[question] = answer.value
        return heard

    def _proven_by_id(self, letters: str, timeout_s: float) -> bool:
        if not self._ask(process_question(letters)):
            return False
        wanted = Answer(Kind.PROCESS, letters.encode("ascii"))
        return self._listen(timeout_s or self._timeouts.answer_s, lambda answer: answer == wanted) is not None

    def _proven_in_turn(self, timeout_s: float) -> bool:
        turns = Turns(self._owed)
        if not self._ask(IN_TURN_QUESTION * turns.questions):
            return False
        proven = self._listen(timeout_s, turns.take) is not None
        self._owed = turns.owed_now()
        return proven

    def _ask(self, question: bytes) -> bool:
        """Sends a question whole; False when nothing of it was taken. Half a question would spoil what follows."""
        taken = self.write(question)
        if 0 < taken < len(question):
            self.close()
            raise PrinterError("printer berhenti menerima di tengah pertanyaan")
        return taken > 0

    def _forget_old_answers(self) -> None:
        """Throws away what came unasked or too late. Its last answer may still be on the way: the reader knows."""
        while data := self._wire.read(0):
            self._reader.feed(data)

    def _listen(self, timeout_s: float, wanted: Callable[[Answer], bool]) -> Answer | None:
        """The first wanted answer within the time-out; others are passed over."""
        deadline = self._monotonic() + timeout_s
        while (left_s := deadline - self._monotonic()) > 0:
            data = self._wire.read(left_s)
            for answer in self._reader.feed(data):
                if wanted(answer):
                    return answer
            if not data:
                self._pause(min(_EMPTY_READ_PAUSE_S, max(0.0, deadline - self._monotonic())))
        return None
