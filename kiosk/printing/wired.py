"""A printer at the end of a non-blocking file descriptor, whatever wire that is.

Decision: descriptors, because then a write says how many bytes were taken, and a silent or stuck printer costs a
time-out, never a thread. It opens itself when first used and again after an error, and it never repeats a byte: what
to do about a half-sent ticket is the spool's business.
"""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable

from kiosk.core.errors import PrinterError
from kiosk.printing import status as answers
from kiosk.printing.status import PrinterStatus

WRITE_TIMEOUT_S = 5.0  # longer than a printer pauses to cool or to cut; then the spool decides whether to go on
ANSWER_TIMEOUT_S = 0.5  # DLE EOT is answered within 100 ms on a serial line
_EMPTY_READ_PAUSE_S = 0.02  # some printer devices say "readable" and give nothing until the answer is there


class Line:
    """One open connection: a non-blocking descriptor, whether it can answer, and how to let go of it."""

    def __init__(self, descriptor: int, answers: bool, close: Callable[[], None]) -> None:
        self.descriptor, self.answers, self.close = descriptor, answers, close


class WiredPrinter:
    """A printer behind a `Line`, opened when needed."""

    def __init__(
        self,
        connect: Callable[[], Line],
        *,
        write_timeout_s: float = WRITE_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._connect = connect
        self._line: Line | None = None
        self._write_timeout_s, self._answer_timeout_s = write_timeout_s, answer_timeout_s

    def write(self, chunk: bytes) -> int:
        """See printer.Printer."""
        line = self._open()
        try:
            if not select.select([], [line.descriptor], [], self._write_timeout_s)[1]:
                return 0
            return os.write(line.descriptor, chunk)
        except BlockingIOError:
            return 0
        except OSError as error:
            self.close()
            raise PrinterError(f"printer tidak menerima data: {error.strerror or error}") from error

    def status(self) -> PrinterStatus:
        """See printer.Printer. A printer that answers neither of the first two questions is asked no more."""
        if not self._open().answers:
            return answers.UNKNOWN
        heard: dict[int, bytes] = {}
        questions = (answers.ASK_PAPER, answers.ASK_PRINTER, answers.ASK_OFFLINE_CAUSE, answers.ASK_ERROR_CAUSE)
        for number, question in enumerate(questions):
            if number == 2 and not any(heard.values()):
                break
            self._forget_old_answers()
            if self.write(answers.ask(question)) == 3:
                heard[question] = self._listen(self._answer_timeout_s, answers.is_answer)
        return answers.parse(heard)

    def proof(self, timeout_s: float) -> bool:
        """See printer.Printer."""
        if not self._open().answers:
            return False
        self._forget_old_answers()
        if self.write(answers.PROOF_QUESTION) != len(answers.PROOF_QUESTION):
            return False
        return answers.is_proof(self._listen(timeout_s, answers.is_proof))

    def close(self) -> None:
        """See printer.Printer."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open(self) -> Line:
        if self._line is None:
            self._line = self._connect()
        return self._line

    def _listen(self, timeout_s: float, wanted: Callable[[bytes], bool]) -> bytes:
        """The first wanted byte within the time-out. Others are passed over: a DLE EOT inside a raster answers too."""
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            answer = self._read(left_s, 1)
            if wanted(answer):
                return answer
            if not answer:
                select.select([], [], [], min(_EMPTY_READ_PAUSE_S, left_s))
        return b""

    def _forget_old_answers(self) -> None:
        while self._read(0, 64):
            pass

    def _read(self, timeout_s: float, most_bytes: int) -> bytes:
        """Bytes that came; none for silence."""
        line = self._open()
        try:
            if not select.select([line.descriptor], [], [], timeout_s)[0]:
                return b""
            answer = os.read(line.descriptor, most_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            self.close()
            raise PrinterError(f"printer terputus: {error.strerror or error}") from error
        if not answer and not stat.S_ISCHR(os.fstat(line.descriptor).st_mode):
            self.close()
            raise PrinterError("printer menutup sambungan")
        return answer
