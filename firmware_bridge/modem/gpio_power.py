"""The modem's power on a real pin, through gpiozero: high cuts the supply (or drives RESET), low is normal."""

from __future__ import annotations

import threading

from gpiozero import OutputDevice


class GpioPower:
    """A `PowerPin`. The pin is low from the start and after it is closed."""

    def __init__(self, pin: int, off_s: float) -> None:
        self._device = OutputDevice(pin)
        self._off_s = off_s
        self._pause = threading.Event()

    def cut(self) -> None:
        self._device.on()
        try:
            self._pause.wait(self._off_s)
        finally:
            self._device.off()

    def close(self) -> None:
        self._pause.set()
        self._device.close()
