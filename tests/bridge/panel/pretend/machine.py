"""Stands in for the RP2040's own module on MicroPython's Unix port, so that the firmware's `main` runs there as it is.

Readings come from a file and outputs go to one, named by the environment. The Unix port has no timers, so the samples
are taken where the loop feeds the watchdog.
"""

# mypy: disable-error-code="attr-defined"
# (MicroPython's time has what CPython's has not.)

import json
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # what MicroPython has not, and needs not
    from collections.abc import Callable

    Callback = Callable[["Timer"], None]

PWRON_RESET, WDT_RESET = 1, 3
_WIRES, _OUTPUTS = os.getenv("BOARD_WIRES") or "", os.getenv("BOARD_OUTPUTS") or ""
_CABLES = {26: 0, 27: 1}
_ORDER = (6, 7, 10, 11, 12, 8)
_SERVICE, _LID = 22, 15
_timers: list["Timer"] = []
_levels: dict[int, bool] = {}


def _wires() -> dict[str, object]:
    with open(_WIRES) as file:
        wires: dict[str, object] = json.load(file)
        return wires


def reset_cause() -> int:
    return PWRON_RESET


def unique_id() -> bytes:
    return bytes([0, 0, 0, 0, 0, 0, 0x2E, 0x8A])


def reset() -> None:
    raise SystemExit(3)


class ADC:
    def __init__(self, pin: int) -> None:
        self._pin = pin

    def read_u16(self) -> int:
        cables, supply_mv = _wires()["cables"], _wires()["supply_mv"]
        assert isinstance(cables, list)
        assert isinstance(supply_mv, int)
        return int(cables[_CABLES[self._pin]]) if self._pin in _CABLES else supply_mv * 65535 // 18300


class Pin:
    IN, OUT, PULL_UP = 0, 1, 2

    def __init__(self, pin: int, mode: int, pull: int | None = None, value: int | None = None) -> None:
        self._pin = pin
        if value is not None:
            self.value(value)

    def value(self, level: int | None = None) -> int | None:
        if level is None:
            return 1 if self._pin == _SERVICE else int(bool(_wires()["lid_open"]))
        if _levels.get(self._pin) != bool(level):
            _levels[self._pin] = bool(level)
            if len(_levels) == len(_ORDER):
                with open(_OUTPUTS + ".part", "w") as file:
                    file.write(json.dumps([_levels[pin] for pin in _ORDER]))
                os.rename(_OUTPUTS + ".part", _OUTPUTS)
        return None


class Timer:
    PERIODIC = 1

    def __init__(self, number: int, period: int, mode: int, callback: "Callback") -> None:
        self._period, self._callback, self._due = period, callback, time.ticks_ms()
        _timers.append(self)

    def turn(self) -> None:
        if time.ticks_diff(time.ticks_ms(), self._due) >= 0:
            self._due = time.ticks_add(time.ticks_ms(), self._period)
            self._callback(self)

    def deinit(self) -> None:
        _timers.remove(self)


class WDT:
    def __init__(self, timeout: int) -> None:
        pass

    def feed(self) -> None:
        for timer in _timers:
            timer.turn()
