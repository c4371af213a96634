"""How long a turn took by its own doing: what the machine took from us meanwhile is told apart and does not count.

Wall time less the time in which the kernel let a thread of ours wait for a processor (schedstat, proc(5)) and less what
a hypervisor took (steal, proc(5)). A turn in which the whole process was stopped and continued tells nothing. Nothing
else is excused: not the lock of Python in another thread's hands, nor a wait for a disk, a pipe or a sleep.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

_STEAL = 8  # column of the first line of /proc/stat
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """Used by the main thread, inside `stopwatch`."""

    def __init__(self) -> None:
        self._continued = 0
        self.took_s: list[float] = []
        self.lost_s = 0.0  # what the machine took from us in all turns so far

    def measure(self, work: Callable[[], object]) -> None:
        """Does `work` and keeps how many seconds it took, unless it was stopped meanwhile."""
        continued, excused_s, began = self._continued, _held_up_s() + _stolen_s(), time.monotonic()
        work()
        took_s = time.monotonic() - began
        lost_s = max(0.0, _held_up_s() + _stolen_s() - excused_s) if self._continued == continued else took_s
        self.lost_s += lost_s
        if self._continued == continued:
            self.took_s.append(took_s - lost_s)

    def go_on(self, number: int, frame: FrameType | None) -> None:
        self._continued += 1


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    made = Stopwatch()
    before = signal.signal(signal.SIGCONT, made.go_on)
    try:
        yield made
    finally:
        signal.signal(signal.SIGCONT, before)


def _held_up_s() -> float:
    waited_ns = 0
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            waited_ns += int((task / "schedstat").read_text().split()[1])
    return waited_ns / 1e9


def _stolen_s() -> float:
    with open("/proc/stat", "rb") as file:
        return int(file.readline().split()[_STEAL]) * _TICK_S
