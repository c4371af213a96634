"""The state of a simulated receipt printer: paper, cover, manner of answering, and what happens to it when.

As unhelpful as a real printer: it may be silent, answer garbage or always one question late, and after any number of
bytes it may run out of paper, open its cover, fall silent, hang up or lose its power. What its bytes do is `feed`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from kiosk.printing.status import Paper


class Manner(StrEnum):
    """How it answers questions."""

    PROPER = "proper"
    SILENT = "silent"
    GARBAGE = "garbage"
    LATE = "late"  # an answer comes when the next question is asked


class Mishap(StrEnum):
    """What may happen after a number of bytes, in the middle of whatever that is."""

    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    SILENT = "silent"
    GARBAGE = "garbage"
    LATE = "late"
    HANG_UP = "hang-up"
    POWER_CUT = "power-cut"


class Mechanism:
    """One printer. `paper`, `online` and `manner` may be set at any time; `online` False: its cover is open.

    `gives_ids`: whether it knows GS ( H; many do not.
    """

    def __init__(self, strip_out: Callable[[bytes], None], width_dots: int = 576) -> None:
        self.paper = Paper.OK
        self.online = True
        self.manner = Manner.PROPER
        self.gives_ids = True
        self.faults: list[str] = []
        self.strip_out, self.width_dots = strip_out, width_dots
        self._mishap: Mishap | None = None
        self._mishap_after_bytes = 0
        self._held_back = b""

    def suffer(self, mishap: Mishap, after_bytes: int) -> None:
        """Lets something happen when so many bytes more have arrived."""
        self._mishap, self._mishap_after_bytes = mishap, after_bytes

    @property
    def ready(self) -> bool:
        """Whether it takes bytes out of its buffer and prints them."""
        return self.online and self.paper is not Paper.OUT

    def bytes_until_mishap(self) -> int | None:
        return self._mishap_after_bytes if self._mishap is not None else None

    def count(self, arrived_bytes: int) -> Mishap | None:
        """Takes note of bytes that arrived; the mishap that begins now, which has then happened for good."""
        self._mishap_after_bytes -= arrived_bytes
        if self._mishap is None or self._mishap_after_bytes > 0:
            return None
        now, self._mishap = self._mishap, None
        match now:
            case Mishap.PAPER_OUT:
                self.paper = Paper.OUT
            case Mishap.COVER_OPEN:
                self.online = False
            case Mishap.SILENT | Mishap.GARBAGE | Mishap.LATE:
                self.manner = Manner(now.value)
            case Mishap.HANG_UP | Mishap.POWER_CUT:
                pass
        return now

    def answer_now(self, question: int) -> bytes:
        """What DLE EOT `question` gets."""
        low, out = self.paper is Paper.LOW, self.paper is Paper.OUT
        cover = 0x04 if not self.online else 0
        said = {
            1: 0x08 if not self.ready else 0,
            2: (0x20 if out else 0) | cover,
            3: 0,
            4: 0x6C if out else 0x0C if low else 0,
        }
        return self._in_its_manner(bytes((0x12 | said[question],)))

    def answer_in_turn(self) -> bytes:
        """What GS r 1 gets."""
        return self._in_its_manner({Paper.LOW: b"\x03", Paper.OUT: b"\x0f"}.get(self.paper, b"\x00"))

    def answer_process(self, letters: bytes) -> bytes:
        """What GS ( H gets."""
        return self._in_its_manner(b"\x37\x22" + letters + b"\x00") if self.gives_ids else b""

    def _in_its_manner(self, answer: bytes) -> bytes:
        match self.manner:
            case Manner.PROPER:
                return answer
            case Manner.SILENT:
                return b""
            case Manner.GARBAGE:
                return b"\xff\x9c"
            case Manner.LATE:
                late, self._held_back = self._held_back, answer
                return late
