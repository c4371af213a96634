"""Stable levels in, presses out: the same machine for real GPIO and for the simulated box.

Pressing takes a hold (1.0 s), because a sleeve, a child's tap or a cleaner's cloth is no call for help; the button's
light answers at once (E0), so that whoever holds it knows to go on. The hold is measured from the finger's first
contact. An input that is already closed when its source starts cannot have been pressed by anybody we saw: it is a
stuck button, told within 5 s, and raises nothing; nor does it keep another button from working. Where a site wants it,
several quick presses are a call of their own (`taps`). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from firmware_bridge.debounce import Debounce, Edge, Stable
from firmware_bridge.taps import Taps
from kiosk.core.quick_presses import QuickPresses
from kiosk.core.transition import step

STUCK_AFTER_MS = 3_000  # closed at start for so long is stuck; alarm.md promises the fault within 5 s
HELD_TOO_LONG_MS = 60_000  # a pressed button that nobody lets go of: jammed, or held down with a tool


class Lit(msgspec.Struct, frozen=True):
    """E0: a finger is on the button and its light should answer."""

    input: str
    mono_ms: int


class Pressed(msgspec.Struct, frozen=True):
    """The hold is complete. `key` names the edge that began it, if the source can repeat edges."""

    input: str
    mono_ms: int
    key: str


class QuickPressed(msgspec.Struct, frozen=True):
    """The row of quick presses is full. `key` names the edge that began the first of them."""

    input: str
    mono_ms: int
    key: str


class Released(msgspec.Struct, frozen=True):
    input: str
    mono_ms: int


class Stuck(msgspec.Struct, frozen=True):
    """A fault, not an alert: closed at start, or held far too long."""

    input: str
    mono_ms: int


class Freed(msgspec.Struct, frozen=True):
    """A stuck button has opened and works again."""

    input: str
    mono_ms: int


PressEvent = Lit | Pressed | QuickPressed | Released | Stuck | Freed


class Finger(StrEnum):
    """Where one button stands."""

    OPEN = "open"
    HELD = "held"
    PRESSED = "pressed"
    CLOSED_AT_START = "closed-at-start"
    STUCK = "stuck"


class _Happened(StrEnum):
    CLOSE = "close"
    OPEN = "open"
    WAITED = "waited"


_STEPS = {
    (Finger.OPEN, _Happened.CLOSE): Finger.HELD,
    (Finger.HELD, _Happened.OPEN): Finger.OPEN,
    (Finger.HELD, _Happened.WAITED): Finger.PRESSED,
    (Finger.PRESSED, _Happened.OPEN): Finger.OPEN,
    (Finger.PRESSED, _Happened.WAITED): Finger.STUCK,
    (Finger.CLOSED_AT_START, _Happened.OPEN): Finger.OPEN,
    (Finger.CLOSED_AT_START, _Happened.WAITED): Finger.STUCK,
    (Finger.STUCK, _Happened.OPEN): Finger.OPEN,
}


class _Button(msgspec.Struct, frozen=True):
    finger: Finger
    since_ms: int
    key: str = ""


class Presses:
    """All buttons of one source, from raw edges to presses. `restart` whenever the source itself has started anew."""

    def __init__(self, debounce_ms: int, hold_ms: int, quick: QuickPresses | None = None) -> None:
        self._debounce_ms = debounce_ms
        self._waits = {
            Finger.HELD: hold_ms,
            Finger.PRESSED: HELD_TOO_LONG_MS,
            Finger.CLOSED_AT_START: STUCK_AFTER_MS,
        }
        self._debounce = Debounce(debounce_ms, {}, 0)
        self._buttons: dict[str, _Button] = {}
        self._quick = quick
        self._taps = Taps(quick)

    def restart(self, levels: Mapping[str, bool], now_ms: int) -> list[PressEvent]:
        """The source has (re)started with these levels; whatever was going on is over, and is told as over."""
        self._taps = Taps(None)  # a finger that the restart takes off the button is no tap
        opened = {name: False for name, button in self._buttons.items() if button.finger is not Finger.OPEN}
        events = [event for name in opened for event in self._happened(name, _Happened.OPEN, now_ms, "")]
        self._debounce = Debounce(self._debounce_ms, levels, now_ms)
        self._taps = Taps(self._quick)
        self._buttons = {
            name: _Button(Finger.CLOSED_AT_START if level else Finger.OPEN, now_ms) for name, level in levels.items()
        }
        return events

    def edge(self, edge: Edge) -> list[PressEvent]:
        """Takes one raw edge, in order of time for each input."""
        self._buttons.setdefault(edge.input, _Button(Finger.OPEN, edge.mono_ms))
        return [event for stable in self._debounce.edge(edge) for event in self._stable(stable)]

    def tick(self, now_ms: int) -> list[PressEvent]:
        """What time alone has brought; `now_ms` is the time up to which every edge has been fed."""
        events = [event for stable in self._debounce.tick(now_ms) for event in self._stable(stable)]
        for name in self._buttons:  # a contact that may just have opened has not been held beyond that moment
            certain_ms = self._debounce.certain_until_ms(name, now_ms)
            events += self._waited(name, certain_ms)
            self._taps.tick(name, certain_ms)
        return events

    def due_ms(self) -> int | None:
        """When the next `tick` will have something to say, if no edge comes before."""
        waits = [
            button.since_ms + self._waits[button.finger]
            for name, button in self._buttons.items()
            if button.finger in self._waits and self._debounce.is_quiet(name)
        ]
        debounced = self._debounce.due_ms()
        return min(waits + ([debounced] if debounced is not None else []), default=None)

    def is_decided(self, name: str) -> bool:
        """Whether every edge of this input so far has had its effect: no hold or row of taps runs, nothing bounces."""
        settled = self._debounce.is_quiet(name) and not self._taps.is_waiting(name)
        return settled and self._buttons[name].finger is not Finger.HELD

    def is_lit(self, name: str) -> bool:
        """Whether a finger is on this button whose hold is not yet complete."""
        return name in self._buttons and self._buttons[name].finger is Finger.HELD

    def stuck(self) -> list[str]:
        """The inputs that are stuck now."""
        return [name for name, button in self._buttons.items() if button.finger is Finger.STUCK]

    def _stable(self, stable: Stable) -> list[PressEvent]:
        began_ms = stable.edge.mono_ms
        events = self._waited(stable.input, began_ms)  # a hold that was complete before the finger left is a press
        happened = _Happened.CLOSE if stable.level else _Happened.OPEN
        return events + self._happened(stable.input, happened, began_ms, stable.edge.key)

    def _waited(self, name: str, now_ms: int) -> list[PressEvent]:
        events: list[PressEvent] = []
        while (button := self._buttons[name]).finger in self._waits:
            due_ms = button.since_ms + self._waits[button.finger]
            if now_ms < due_ms:
                break
            events += self._happened(name, _Happened.WAITED, due_ms, button.key)
        return events

    def _happened(self, name: str, happened: _Happened, at_ms: int, key: str) -> list[PressEvent]:
        before = self._buttons[name]
        after = step(_STEPS, f"Tombol {name}", before.finger, happened)
        self._buttons[name] = _Button(after, at_ms, key)
        if after is Finger.HELD:
            return [Lit(name, at_ms)]
        if after is Finger.PRESSED:
            self._taps.forget(name)  # a hold says what is meant; the taps before it were the finger finding its place
            return [Pressed(name, at_ms, key)]
        if after is Finger.STUCK:
            return [Stuck(name, at_ms)]
        if before.finger is Finger.STUCK:
            return [Freed(name, at_ms)]
        first_key = self._taps.tap(name, before.since_ms, at_ms, before.key) if before.finger is Finger.HELD else None
        full = [] if first_key is None else [QuickPressed(name, at_ms, first_key)]
        return [Released(name, at_ms), *full]
