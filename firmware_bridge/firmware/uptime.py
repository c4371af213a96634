"""Milliseconds since the board started, without the wrap that `time.ticks_ms` has after twelve days.

The host tells a hold by these, so they must only ever grow. A reading from a little before the newest (a sample that
waited in its queue) is placed where it belongs.
"""

TICKS_PERIOD = 1 << 30  # of time.ticks_ms on every 32-bit port of MicroPython


class Uptime:
    def __init__(self, ticks: int, period: int = TICKS_PERIOD) -> None:
        self._period = period
        self._ticks = ticks
        self._ms = 0

    def at(self, ticks: int) -> int:
        """The uptime at a reading of `ticks_ms`, which may be up to half a period from the newest."""
        half = self._period // 2
        ahead = (ticks - self._ticks + half) % self._period - half
        if ahead <= 0:
            return max(0, self._ms + ahead)
        self._ticks, self._ms = ticks, self._ms + ahead
        return self._ms
