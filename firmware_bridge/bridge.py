"""One turn of the bridge's loop: edges in, presses handed to the disk's thread, and lamp, siren and words out.

The order is the promise: a press is on disk (E1) before its edge is acknowledged to the box and before anything can be
sent. What is shown follows from the rows alone, so after a crash the same turn goes on where the evidence stands. When
the disk refuses a press or takes too long over it, the street must hear it all the same: the siren sounds, nothing is
claimed, and the commit is tried again for ever.

**No turn is longer than 50 ms**, whatever a port, a modem, a receiver or the disk does: 20 ms of waiting for edges, 20
for a press to be decided, so that siren and lamp follow a healthy commit in the same turn, and the rest is memory. No
sockets, pins, files or threads here: those are the ports' and the desk's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from firmware_bridge.desk import Desk
from firmware_bridge.faults import FaultBook
from firmware_bridge.hatch import Press, SignOfLife
from firmware_bridge.ports import Both, EdgeSource, Outputs, Reading, Started, Voice
from firmware_bridge.press import Freed, Pressed, Presses, PressEvent, QuickPressed, Stuck
from firmware_bridge.replay import source_of
from firmware_bridge.showing import Finger, Showing
from kiosk.core.alert import Alert, AlertCode
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Clock, Moment

TURN_S = 0.020
DECISION_S = 0.020  # a healthy card commits within; nobody waits longer for one that is not
LATE_MS = 250  # a press that is not on disk by then sounds: promised are 500 ms, and the board has its way too

log = logging.getLogger("bridge")


class Bridge:
    """Used by one thread."""

    def __init__(
        self,
        settings: BridgeSettings,
        utc_offset_h: int,
        source: EdgeSource,
        outputs: Outputs,
        desk: Desk,
        clock: Clock,
        voice: Voice | None = None,
    ) -> None:
        self._settings = settings
        self._source, self._desk, self._clock, self._voice = source, desk, clock, voice
        self._silent = {name for name, button in settings.buttons.items() if button.raises is AlertCode.SILENT}
        self._presses = Presses(settings.debounce_ms, round(settings.hold_s * 1000), settings.quick)
        self._touched: set[str] = set()
        self._pending: dict[Press, int] = {}  # not on disk yet, and since when that is bearable
        self._unrecorded_since_ms: int | None = None
        self._showing = Showing(settings, utc_offset_h, outputs if voice is None else Both(outputs, voice))
        self.faults = FaultBook(self._silent)

    @property
    def open_alerts(self) -> Sequence[Alert]:
        return self._desk.hatch.picture.alerts

    @property
    def unrecorded(self) -> int:
        """Presses that could not be committed yet."""
        return len(self._pending)

    @property
    def dropped(self) -> int:
        """Lines from the hardware that could not be read."""
        return self._source.dropped

    def turn(self) -> None:
        """Waits at most 20 ms for edges, then brings presses and outputs up to date."""
        before = len(self._pending)
        for reading in self._source.read(self._wait_s()):
            self._take(reading)
        now = self._clock.now()
        self._act(self._presses.tick(self._source.certain_until_ms(now.mono_ms)))
        self._desk.poke()
        if len(self._pending) > before:
            self._desk.hatch.wait_decided(DECISION_S)
        self._hear(now)
        self._settle()
        self._gather_faults(now.mono_ms)
        self._showing.show(
            self._desk.hatch.picture,
            Finger(self._is_lit(), self._unrecorded_since_ms, self._audible()),
            tuple(self.faults.words()),
            self._clock.now(),
        )

    def say_alive(self) -> None:
        """Hands the sign of life to whoever writes it. Of a silent alert it tells nothing."""
        faults = self.faults.words()
        detail = {
            "faults": faults,
            "open_alerts": sum(not alert.is_silent for alert in self.open_alerts),
            "unrecorded": len(self._audible()),
            "dropped_lines": self.dropped,
        }
        self._desk.hatch.say_alive(SignOfLife(detail, ok=not faults and not detail["unrecorded"]))

    def _wait_s(self) -> float:
        """Until a hold is complete; not for one that is over already, unless the box's next word must prove it."""
        due_ms, now_ms = self._presses.due_ms(), self._clock.now().mono_ms
        if due_ms is None or now_ms >= due_ms > self._source.certain_until_ms(now_ms):
            return TURN_S
        return min(TURN_S, max(0.0, (due_ms - now_ms) / 1000))

    def _take(self, reading: Reading) -> None:
        if isinstance(reading, Started):
            levels = {name: level for name, level in reading.levels.items() if name in self._settings.buttons}
            self.faults.absent(sorted(set(self._settings.buttons) - set(levels)))
            self._act(self._presses.restart(levels, reading.mono_ms))
            return
        self._touched.add(reading.input)
        if reading.input in self._settings.buttons:
            self._act(self._presses.edge(reading))

    def _act(self, events: Sequence[PressEvent]) -> None:
        for event in events:
            if isinstance(event, Pressed | QuickPressed):
                source = source_of(event.input, event.key)
                press = Press(event.input, event.mono_ms, self._code(event), source, event.key)
                self._pending[press] = self._clock.now().mono_ms
                self._desk.hatch.press(press)
            elif isinstance(event, Stuck):
                self.faults.stuck(event.input)
            elif isinstance(event, Freed):
                self.faults.freed(event.input)

    def _code(self, event: Pressed | QuickPressed) -> AlertCode:
        code = self._settings.buttons[event.input].raises
        quick = self._settings.quick
        if isinstance(event, QuickPressed) and quick is not None and code is not AlertCode.SILENT:
            return quick.code
        return code  # whatever is done to a silent button stays silent

    def _hear(self, now: Moment) -> None:
        for decided in self._desk.hatch.take_decided():
            if decided.is_committed:
                self._pending.pop(decided.press, None)
            else:
                self._pending[decided.press] = now.mono_ms - LATE_MS
        late = [press for press, since_ms in self._pending.items() if now.mono_ms - since_ms >= LATE_MS]
        if all(press.code is AlertCode.SILENT for press in late):
            self._unrecorded_since_ms = None
        elif self._unrecorded_since_ms is None:
            self._unrecorded_since_ms = now.mono_ms

    def _settle(self) -> None:
        held_back = {press.input for press in self._pending}
        for name in sorted(self._touched - held_back):
            if name not in self._settings.buttons or self._presses.is_decided(name):
                self._source.settle(name)
                self._touched.discard(name)

    def _gather_faults(self, now_ms: int) -> None:
        self.faults.line(self._source.faults(), now_ms)
        self.faults.part("storage", self._desk.faults(now_ms), now_ms)
        if self._voice is not None:
            self.faults.part("loudspeaker", self._voice.faults(now_ms), now_ms)
        for name, words in self._desk.hatch.picture.faults.items():
            self.faults.part(name, words, now_ms)
        self._desk.hatch.journal(self.faults.take_events())

    def _is_lit(self) -> bool:
        """Whether the light must answer a finger: until the hold is complete, and then until its press is decided."""
        held = any(self._presses.is_lit(name) for name in self._settings.buttons if name not in self._silent)
        return held or bool(self._audible())

    def _audible(self) -> tuple[AlertCode, ...]:
        """The presses that are not on disk yet, but those of which nothing may be seen or heard."""
        return tuple(press.code for press in self._pending if press.code is not AlertCode.SILENT)
