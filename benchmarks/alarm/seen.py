"""What was seen and when: states of a thing with the moments at which they came. Safe from any thread.

Who watches a box hears of each change in the box's own thread, so a time is that of the change and not of a look.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from benchmarks.rig import TooSlow

State = TypeVar("State")


class Seen(Generic[State]):
    """Times are `time.monotonic()` seconds."""

    def __init__(self) -> None:
        self._states: list[tuple[float, State]] = []
        self._changed = threading.Condition()

    def tell(self, state: State) -> None:
        """It is so from now on."""
        with self._changed:
            self._states.append((time.monotonic(), state))
            self._changed.notify_all()

    def all(self) -> list[tuple[float, State]]:
        """Oldest first."""
        with self._changed:
            return list(self._states)

    def now(self, true: Callable[[State], bool], what: str, within_s: float) -> None:
        """Returns once it is so, which it may have been for long. Raises TooSlow."""
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self._states) and true(self._states[-1][1]), within_s):
                raise TooSlow(f"{what}: not within {within_s:.0f} s")

    def first(self, true: Callable[[State], bool], after_s: float, what: str, within_s: float) -> float:
        """When it first was so at or after `after_s`; waits for that. Raises TooSlow."""
        until_s, looked = time.monotonic() + within_s, 0
        with self._changed:
            while True:
                for at_s, state in self._states[looked:]:
                    if at_s >= after_s and true(state):
                        return at_s
                looked = len(self._states)
                if not self._changed.wait(until_s - time.monotonic()) and looked == len(self._states):
                    raise TooSlow(f"{what}: not within {within_s:.0f} s")
