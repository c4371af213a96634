"""The simulated box's own logic, without threads and sockets: what its firmware would do between two interrupts.

`Board` numbers edges and holds them until the host has acknowledged them; `Panel` obeys the newest command until its
time is over. Both take the time in milliseconds of the box's clock, which starts at zero with the box.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec

from firmware_bridge.frames import PROTOCOL, BoxEdge, BoxHello, HostAck, HostShow
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR, Rhythm
from kiosk.core.alarm_words import Lamp

HELD_LIMIT = 2_000  # edges; a real board's memory is small too, and EN 50131 grade 4 asks for 1,000 events


class Board:
    """One life of the box between two power cuts: a boot id, and edges numbered from 1."""

    def __init__(self, name: str, levels: Mapping[str, bool], now_ms: int) -> None:
        self.name = name
        self.boot = secrets.token_hex(4)
        self.levels = dict(levels)
        self._began_ms = now_ms
        self._counter = 0
        self._held: dict[int, BoxEdge] = {}
        self.overflowed = 0

    def contact(self, name: str, level: bool, now_ms: int) -> BoxEdge | None:
        """A contact opened or closed: the edge to send, or None if it stood so already."""
        if self.levels[name] == level:
            return None
        self.levels[name] = level
        self._counter += 1
        if len(self._held) >= HELD_LIMIT:
            del self._held[min(self._held)]
            self.overflowed += 1
        edge = BoxEdge(self._counter, max(self._held, default=0), name, level, now_ms - self._began_ms)
        self._held[edge.counter] = edge
        return edge

    def hello(self, now_ms: int) -> BoxHello:
        """Levels before the oldest held edge of each input, since whoever connects is about to get those edges."""
        levels = dict(self.levels)
        for edge in reversed(self._held.values()):
            levels[edge.input] = not edge.level
        at_ms = now_ms - self._began_ms
        since_ms = min([edge.at_ms for edge in self._held.values()], default=at_ms)
        return BoxHello(PROTOCOL, self.name, self.boot, at_ms, since_ms, max(self._held, default=0), levels)

    def clock_ms(self, now_ms: int) -> int:
        return now_ms - self._began_ms

    def held(self) -> list[BoxEdge]:
        """Every edge that was not acknowledged, oldest first, each naming the one before it."""
        before = [0, *self._held][:-1] if self._held else []
        return [
            msgspec.structs.replace(edge, before=last) for edge, last in zip(self._held.values(), before, strict=True)
        ]

    def acknowledge(self, ack: HostAck) -> None:
        """Forgets edges; an acknowledgement for another boot's is ignored."""
        if ack.boot == self.boot:
            for counter in ack.counters:
                self._held.pop(counter, None)


class Panel:
    """Lamp, siren, loudspeaker and the line of text, each until its time is over."""

    def __init__(self) -> None:
        self._number = -1
        self._command: Command | None = None
        self._shown_ms = 0

    def new_line(self) -> None:
        """Another host, or the same one anew: it numbers its commands from the start."""
        self._number = -1

    def show(self, frame: HostShow, now_ms: int) -> None:
        """Takes over a command; one that is older than the newest is dropped."""
        if frame.number > self._number:
            self._number, self._command, self._shown_ms = frame.number, frame.command, now_ms

    def unplug(self, now_ms: int, finish_siren: bool) -> None:
        """The mains are gone: lamp and text go out, and the siren too unless its own battery finishes the time."""
        siren_left_ms = self.siren_left_ms(now_ms) if finish_siren else 0
        rhythm = self.rhythm
        self._command = Command(Lamp.OFF, 0, siren_left_ms > 0, siren_left_ms, "", rhythm)
        self._shown_ms = now_ms

    @property
    def rhythm(self) -> Rhythm:
        return self._command.rhythm if self._command else TITIR

    def siren_left_ms(self, now_ms: int) -> int:
        command = self._command
        return max(0, self._shown_ms + command.siren_for_ms - now_ms) if command and command.siren else 0

    def lamp(self, now_ms: int) -> Lamp:
        return self._command.lamp if self._command and self._is_lit(self._command, now_ms) else Lamp.OFF

    def message(self, now_ms: int) -> str:
        return self._command.message if self._command and self._is_lit(self._command, now_ms) else ""

    def faults(self) -> tuple[str, ...]:
        return self._command.faults if self._command else ()

    def due_ms(self, now_ms: int) -> int | None:
        """When the next thing ends by itself."""
        if self._command is None:
            return None
        ends = (self._shown_ms + self._command.lamp_for_ms, self._shown_ms + self._command.siren_for_ms)
        return min([end for end in ends if end > now_ms], default=None)

    def _is_lit(self, command: Command, now_ms: int) -> bool:
        return now_ms < self._shown_ms + command.lamp_for_ms
