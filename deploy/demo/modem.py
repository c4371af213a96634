"""The GSM modem of the simulated site, and the telephones at the other end of it.

Behind a real pseudo-terminal stands the emulator that the modem's own tests use, so the bridge talks AT commands to it
as to any other. It has its own way out: a pulled network cable does not silence it, a power cut does. A telephone is a
contact of the demo's ladder; what somebody answers on one goes in as a real text from its number.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from firmware_bridge.modem.emulated_frames import Submitted
from firmware_bridge.modem.emulated_line import EmulatedLine
from firmware_bridge.modem.emulated_world import World
from firmware_bridge.modem.emulator import EmulatedModem
from kiosk.core.errors import NotFound
from kiosk.core.ladder import Contact, Ladder

_KEPT = 40
_REGISTERED, _SEARCHING = 1, 2  # +CREG, TS 27.007
_GOOD_LEVEL, _NO_LEVEL = 21, 99  # +CSQ
_ANSWER = "Balas: "  # how the box tells a person what to answer


class Text(msgspec.Struct, frozen=True):
    """One SMS. `way`: "out" from the box, "in" to it; `answer` is what the box asks to be answered with, or empty."""

    number: int
    way: Literal["out", "in"]
    contact: str
    name: str
    text: str
    at_ms: int
    answer: str = ""


def wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class PluggedModem:
    """Listens under `path` from `start` to `stop`, except while the power is off. Safe from any thread."""

    def __init__(
        self, path: Path, ladder: Ladder, wall_ms: Callable[[], int] = lambda: time.time_ns() // 10**6
    ) -> None:
        self.path, self._ladder, self._wall_ms = path, ladder, wall_ms
        self._lock = threading.Lock()
        self._texts: deque[Text] = deque(maxlen=_KEPT)
        self._count = 0
        self._line: EmulatedLine | None = None
        self._has_signal = True

    def texts(self) -> tuple[Text, ...]:
        """Newest first."""
        with self._lock:
            return tuple(reversed(self._texts))

    def answer(self, contact_id: str, text: str) -> None:
        """A text to the box from that contact's telephone. Raises NotFound for somebody who is not on the ladder."""
        contact = self._ladder.contact(contact_id)
        if contact is None:
            known = ", ".join(one.id for one in self._ladder.contacts)
            raise NotFound(f"tangga demo tidak punya kontak {contact_id}: pakai {known}")
        self._keep("in", contact, contact.number, text)
        line = self._line
        if line is None or not self._has_signal:
            return  # as in life: a text to a modem that no network reaches is written, and nobody reads it
        with line.modem() as modem:
            modem.text_in(contact.number, text, line.now_ms())

    def set_signal(self, has_signal: bool) -> None:
        """With the antenna off the modem goes on answering and registers nowhere."""
        self._has_signal = has_signal
        line = self._line
        if line is not None:
            with line.modem() as modem:
                _tune(modem.world, has_signal)

    def power_on(self) -> None:
        if self._line is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)  # of a demo that was killed
            world = World(sent=_Sent(self._sent))
            _tune(world, self._has_signal)
            self._line = EmulatedLine(EmulatedModem(world=world), self.path.parent)
            self._line.plug(self.path.name)

    def power_off(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _sent(self, submitted: Submitted) -> None:
        contact = self._ladder.contact_of(submitted.number)
        self._keep("out", contact, submitted.number, submitted.text)

    def _keep(self, way: Literal["out", "in"], contact: Contact | None, number: str, text: str) -> None:
        name = contact.name if contact else number
        _, _, asked = text.partition(_ANSWER)
        answer = asked.splitlines()[0].strip() if way == "out" and asked else ""
        with self._lock:
            self._count += 1
            known = contact.id if contact else ""
            self._texts.append(Text(self._count, way, known, name, text, self._wall_ms(), answer))

    def __enter__(self) -> Self:
        self.power_on()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.power_off()


def _tune(world: World, has_signal: bool) -> None:
    world.stat, world.level = (_REGISTERED, _GOOD_LEVEL) if has_signal else (_SEARCHING, _NO_LEVEL)


class _Sent(list[Submitted]):
    """The network's list of what it took, which says so at once."""

    def __init__(self, tell: Callable[[Submitted], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, submitted: Submitted) -> None:
        super().append(submitted)
        self._tell(submitted)
