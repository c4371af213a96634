"""Every line that the emulated modem is told, with its time."""

from __future__ import annotations

from benchmarks.alarm.seen import Seen


class Heard(list[str]):
    """For `World.heard`."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen[str] = Seen()

    def append(self, line: str) -> None:
        super().append(line)
        self.seen.tell(line)
