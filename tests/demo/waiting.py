"""Waiting for a state, with a deadline instead of a guess."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def wait_until(reached: Callable[[], bool], within_s: float = 30.0) -> None:
    """Returns as soon as `reached()`; fails the test when it is not within the time."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while not reached():
        assert time.monotonic() < deadline, "the expected state was not reached in time"
        pause.wait(0.01)
