"""Lanes that the central asks to have sent again from some event on, handed from one link's thread to another's.

Kept in memory only: an agent that dies before it has gone back says hello when it lives again, and the central's
cursors say the same.
"""

from __future__ import annotations

import threading

from kiosk.core.event import Lane


class Rewinds:
    """The earliest seq asked for per lane, until the lane's link takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._from: dict[Lane, int] = {}

    def ask(self, lane: Lane, from_seq: int) -> None:
        with self._lock:
            self._from[lane] = min(from_seq, self._from.get(lane, from_seq))

    def take(self, lane: Lane) -> int | None:
        """The seq to go on from, once."""
        if lane not in self._from:  # asked every 20 ms and nearly always so; a lock would only cost
            return None
        with self._lock:
            return self._from.pop(lane, None)
