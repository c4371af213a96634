"""The simulated box with a stop-watch: when its contact came to rest, and when it lit, sounded and spoke.

It stands in for hardware. It runs in this process and is another computer on a real site, so what its own thread waits
for a busy processor is counted against the daemons.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec

from benchmarks.alarm.seen import Seen
from deploy.demo.box import Box, State
from kiosk.core.alarm_words import Lamp

BUTTON = "panic"
RATTLES_S = 0.1  # longer than the simulated contact does, shorter than any hold


class Look(msgspec.Struct, frozen=True):
    """What a person before the box sees and hears."""

    connected: bool
    lamp: Lamp
    siren: bool
    message: str
    faults: tuple[str, ...]


class TimedBox(Box):
    """As `Box`, with one button."""

    def __init__(self, path: Path) -> None:
        self.seen: Seen[Look] = Seen()
        self.contacts: Seen[bool] = Seen()
        super().__init__(path, (BUTTON,), self._keep)

    def closed_at_s(self, after_s: float) -> float:
        """When the contact came to rest after the finger that came at `after_s`."""
        closings = [at_s for at_s, level in self.contacts.all() if at_s >= after_s and level]
        return max(at_s for at_s in closings if at_s < closings[0] + RATTLES_S)  # it rattles at the release too

    def _contact(self, name: str, level: bool) -> None:
        self.contacts.tell(level)
        super()._contact(name, level)

    def _keep(self, state: State) -> None:
        faults = cast("list[str]", state["seen_faults"])
        words = str(state["message"])
        self.seen.tell(
            Look(bool(state["connected"]), Lamp(str(state["lamp"])), bool(state["siren"]), words, tuple(faults))
        )
