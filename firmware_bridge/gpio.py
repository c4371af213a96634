"""Real pins, through gpiozero (lgpio on a Raspberry Pi): raw edges in, lamps, siren, striker and buzzer out.

gpiozero's own debounce stays off (see `debounce`). The level at start is read, and on every quiet turn the pins are
read again, so an edge that the kernel or the library lost is found within 20 ms. Outputs are driven by one small
thread that blinks the lamps, beats striker and buzzer and enforces every dead-man time, so a loop that hangs leaves
nothing on; a process that is killed leaves its pins to the kernel, which is why sites that must not rely on it get the
panel board. Buttons close to ground against the internal pull-up; outputs are active high.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec
from gpiozero import DigitalInputDevice, OutputDevice

from firmware_bridge.buzzer import is_buzzing
from firmware_bridge.debounce import Edge
from firmware_bridge.indication import lamps_lit
from firmware_bridge.ports import Command, Reading, Started
from kiosk.core.alarm_words import Lamp
from kiosk.core.bridge_settings import Button, OutputPins
from kiosk.core.clock import Clock

RENDER_S = 0.020


class GpioButtons:
    """An `EdgeSource`. The library calls back from a thread of its own; `read` is for one thread."""

    def __init__(self, buttons: Mapping[str, Button], clock: Clock) -> None:
        self._clock = clock
        self._edges: queue.SimpleQueue[Edge] = queue.SimpleQueue()
        self._devices = {
            name: DigitalInputDevice(button.pin, pull_up=True)
            for name, button in buttons.items()
            if button.pin is not None
        }
        for name, device in self._devices.items():
            device.when_activated = partial(self._changed, name, True)
            device.when_deactivated = partial(self._changed, name, False)
        self._seen: dict[str, bool] = {}

    def read(self, timeout_s: float) -> Sequence[Reading]:
        if not self._seen:
            self._seen = {name: bool(device.is_active) for name, device in self._devices.items()}
            return [Started(dict(self._seen), self._clock.now().mono_ms)]
        try:
            edges = [self._edges.get(timeout=timeout_s)]
        except queue.Empty:
            edges = self._unreported()
        while not self._edges.empty():
            edges.append(self._edges.get())
        self._seen |= {edge.input: edge.level for edge in edges}
        return edges

    @property
    def dropped(self) -> int:
        return 0

    def certain_until_ms(self, now_ms: int) -> int:
        return now_ms

    def settle(self, name: str) -> None:
        """A pin repeats nothing: a hold that a crash interrupts must be pressed again."""

    def faults(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        for device in self._devices.values():
            device.close()

    def _changed(self, name: str, level: bool) -> None:
        self._edges.put(Edge(name, level, self._clock.now().mono_ms))

    def _unreported(self) -> list[Edge]:
        now_ms = self._clock.now().mono_ms
        levels = {name: bool(device.is_active) for name, device in self._devices.items()}
        return [Edge(name, level, now_ms) for name, level in levels.items() if level != self._seen[name]]


def driven(command: Command, elapsed_ms: int, lamp_age_ms: int, mono_ms: int) -> dict[str, bool]:
    """The level of every output so long after `command` was shown, and its lamp first. Pure."""
    lamp = command.lamp if elapsed_ms < command.lamp_for_ms else Lamp.OFF
    red, amber, green = lamps_lit(lamp, mono_ms)
    siren = command.siren and elapsed_ms < command.siren_for_ms
    striker = siren and command.rhythm.strikes_at(mono_ms)
    lamps = {"lamp_red": red, "lamp_amber": amber, "lamp_green": green}
    return {"siren": siren, "striker": striker, "buzzer": is_buzzing(lamp, lamp_age_ms), **lamps}


class _Shown(msgspec.Struct, frozen=True):
    """The newest command, when it came, and since when its lamp is what it is (monotonic)."""

    command: Command
    at_ms: int
    lamp_since_ms: int


class GpioOutputs:
    """An `Outputs`, rendered every 20 ms by its own thread until it is closed; everything is off before and after."""

    def __init__(self, pins: OutputPins, clock: Clock) -> None:
        self._clock = clock
        wired = {name: getattr(pins, name) for name in pins.__struct_fields__}
        self._devices = {name: OutputDevice(pin) for name, pin in wired.items() if pin is not None}
        self._shown: _Shown | None = None
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._render, name="gpio-outputs", daemon=True)
        self._thread.start()

    def show(self, command: Command) -> None:
        before, now_ms = self._shown, self._clock.now().mono_ms
        is_same = before is not None and before.command.lamp == command.lamp
        self._shown = _Shown(command, now_ms, before.lamp_since_ms if before is not None and is_same else now_ms)
        self._wake.set()

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        self._thread.join()
        for device in self._devices.values():
            device.close()

    def _render(self) -> None:
        while not self._closing.is_set():
            shown = self._shown
            if shown is not None:
                now_ms = self._clock.now().mono_ms
                levels = driven(shown.command, now_ms - shown.at_ms, now_ms - shown.lamp_since_ms, now_ms)
                for name, device in self._devices.items():
                    if bool(device.value) != levels[name]:
                        device.value = levels[name]
            self._wake.wait(RENDER_S)
            self._wake.clear()
