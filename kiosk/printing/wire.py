"""One connection to a printer: a non-blocking descriptor, whatever wire that is.

Decision: descriptors, because then a write says how many bytes were taken, and a silent or stuck printer costs a
time-out, never a thread. It opens itself when first used and again after an error, and it never repeats a byte: what
to do about a half-sent ticket is the spool's business.
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable
from typing import Protocol

from kiosk.core.errors import PrinterError

_READ_BYTES = 64  # many times the longest answer


class Line:
    """One open connection: a non-blocking descriptor, whether it can answer, and how to let go of it."""

    def __init__(self, descriptor: int, answers: bool, close: Callable[[], None]) -> None:
        self.descriptor, self.answers, self.close = descriptor, answers, close


class Wire(Protocol):
    """What a conversation needs of a wire. Every method may raise PrinterError; the wire is then closed."""

    @property
    def answers(self) -> bool:
        """Whether anything can come back; opens the line."""
        ...

    def write(self, chunk: bytes, timeout_s: float) -> int:
        """Bytes taken, in order, from the start of `chunk`; 0 when none was within the time-out."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Bytes that came within the time-out; none for silence."""
        ...

    def close(self) -> None:
        """Lets go of the line; the next use opens it again."""
        ...


class DescriptorWire:
    """A `Line` that is opened when needed."""

    def __init__(self, connect: Callable[[], Line]) -> None:
        self._connect = connect
        self._line: Line | None = None

    @property
    def answers(self) -> bool:
        """Whether anything can come back; opens the line."""
        return self._open().answers

    def write(self, chunk: bytes, timeout_s: float) -> int:
        """Bytes taken, in order, from the start of `chunk`; 0 when none was within the time-out."""
        line = self._open()
        try:
            if not select.select([], [line.descriptor], [], timeout_s)[1]:
                return 0
            return os.write(line.descriptor, chunk)
        except BlockingIOError:
            return 0
        except OSError as error:
            self.close()
            raise PrinterError(f"printer tidak menerima data: {error.strerror or error}") from error

    def read(self, timeout_s: float) -> bytes:
        """Bytes that came within the time-out; none for silence."""
        line = self._open()
        try:
            if not select.select([line.descriptor], [], [], timeout_s)[0]:
                return b""
            answer = os.read(line.descriptor, _READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            self.close()
            raise PrinterError(f"printer terputus: {error.strerror or error}") from error
        if not answer and not stat.S_ISCHR(os.fstat(line.descriptor).st_mode):
            self.close()
            raise PrinterError("printer menutup sambungan")
        return answer

    def close(self) -> None:
        """Lets go of the line; the next use opens it again."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open(self) -> Line:
        if self._line is None:
            self._line = self._connect()
        return self._line
