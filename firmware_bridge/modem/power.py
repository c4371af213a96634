"""The modem's power, as the port sees it. The GPIO pin is `gpio_power`, the simulation's is `emulated_line`."""

from __future__ import annotations

from typing import Protocol


class PowerPin(Protocol):
    """Used by the modem's own thread, which may wait."""

    def cut(self) -> None:
        """Takes the modem's power away for long enough, and gives it back. Returns then."""

    def close(self) -> None: ...
