"""One command at a time: the phase, what is to be written, and until when an answer is waited for. Pure.

Every time limit of the talk with the modem is here, each with its reason.
"""

from __future__ import annotations

from firmware_bridge.modem.lines import LineReader
from firmware_bridge.modem.phases import Move, Phase, after, can
from firmware_bridge.modem.set_up import Question

WAKE_MS = 8_000  # a USB modem that is there answers at once, SIM800 within 3 s of a reset
START_MS = 30_000  # from power to the first answer EC25 and SIM7600 need 13–20 s
WAKE_AGAIN_MS = 1_000
QUIET_MS = 300  # longer than a modem pauses inside an answer
QUIET_LIMIT_MS = 3_000  # then even one that chatters is set up
HELD_MS = 5_000  # a SIM that is busy is ready within seconds; one that is not there is looked for as often
PROMPT_MS = 10_000  # a healthy modem answers within milliseconds
GIVEN_MS = 60_000  # the longest that SIM800's manual allows AT+CMGS; normally 2–6 s

_WAKE, _RESTART, _AT = b"\x1bAT\r", b"\x1bAT+CFUN=1,1\r", b"AT\r"


class Talk:
    """`phase` moves by its table only. `asked` is the question that waits for its end, if any; `device` the name of the
    port; `trouble` says why the modem is held."""

    def __init__(self) -> None:
        self.phase = Phase.ABSENT
        self.reader = LineReader()
        self.asked: Question | None = None
        self.device = self.trouble = ""
        self._out = b""
        self._heard_ms = self._again_ms = self._deadline_ms = 0

    def outgoing(self) -> bytes:
        """Bytes to write now."""
        out, self._out = self._out, b""
        return out

    def move(self, move: Move) -> None:
        self.phase = after(self.phase, move)
        self.reader.prompt_wanted = self.phase is Phase.OFFERED

    def can(self, move: Move) -> bool:
        return can(self.phase, move)

    def heard(self, now_ms: int) -> None:
        """Something came, whatever it says."""
        self._heard_ms = now_ms

    def open(self, device: str, now_ms: int, is_starting: bool) -> None:
        """A port with anything at its end."""
        self.device = device
        dropped, self.reader = self.reader.dropped, LineReader()
        self.reader.dropped, self._out = dropped, b""
        self.move(Move.OPEN)
        self.wake(now_ms, is_starting)

    def lose(self) -> None:
        self._out, self.asked, self.device = b"", None, ""
        self.move(Move.LOSE)

    def wake(self, now_ms: int, is_starting: bool = False, restart: bool = False) -> None:
        """Begins to wake it; the phase is WAKING already."""
        self._out += _RESTART if restart else _WAKE
        self.asked = None
        self._again_ms = now_ms + WAKE_AGAIN_MS
        self._deadline_ms = now_ms + (START_MS if is_starting or restart else WAKE_MS)

    def wake_again(self, now_ms: int) -> None:
        """Says AT once a second while waking."""
        if now_ms >= self._again_ms:
            self._out += _AT
            self._again_ms = now_ms + WAKE_AGAIN_MS

    def rest(self, now_ms: int) -> None:
        """It is awake: what it still has to say is let pass."""
        self._deadline_ms = now_ms + QUIET_LIMIT_MS

    def is_rested(self, now_ms: int) -> bool:
        return now_ms - self._heard_ms >= QUIET_MS or now_ms >= self._deadline_ms

    def hold(self, words: str, now_ms: int) -> None:
        """It cannot be used now."""
        self.trouble = words
        self.move(Move.HOLD)
        self.asked, self._deadline_ms = None, now_ms + HELD_MS

    def hold_no_longer(self, now_ms: int) -> None:
        """It has just said that it can."""
        self._deadline_ms = now_ms

    def ask(self, question: Question, now_ms: int) -> None:
        """Writes a question; the phase is SETTING_UP or ASKED already."""
        self.asked = question
        self._out += question.command.encode() + b"\r"
        self._deadline_ms = now_ms + question.limit_ms

    def offer(self, command: str, now_ms: int) -> None:
        self.move(Move.OFFER)
        self._out += command.encode() + b"\r"
        self._deadline_ms = now_ms + PROMPT_MS

    def give(self, frame: bytes, now_ms: int) -> None:
        self.move(Move.PROMPT)
        self._out += frame
        self._deadline_ms = now_ms + GIVEN_MS

    def is_late(self, now_ms: int) -> bool:
        """Whether the time limit of this phase has passed."""
        return now_ms >= self._deadline_ms
