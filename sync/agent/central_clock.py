"""The central's time, as a kiosk without a clock of its own can know it: what it said last, and how long ago.

By this, and never by the wall clock here, commands expire. The central's word is counted from when the question left,
so the reading runs ahead of the truth by at most one round trip: an order that is about to expire is rather refused
than run too late.
"""

from __future__ import annotations

from kiosk.core.clock import Clock


class CentralClock:
    """Counts on with the monotonic clock, which goes on through suspend; after a restart it knows nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_mono_zero_ms: int | None = None

    def heard(self, central_ms: int, asked_ago_s: float) -> None:
        """The central said `central_ms` in answer to a question that left `asked_ago_s` ago."""
        self._at_mono_zero_ms = central_ms - self._clock.now().mono_ms + round(asked_ago_s * 1000)

    def now_ms(self) -> int | None:
        """Unix milliseconds at the central, or None before it has said anything."""
        return None if self._at_mono_zero_ms is None else self._at_mono_zero_ms + self._clock.now().mono_ms
