"""What this process wrote a moment ago and need not write again: each is a round trip that an alert would wait for.

A sign of life is written every few seconds, a boot's clock when it moved or once a minute. Nothing depends on it: other
processes write what they hear by themselves, and one that starts anew writes at once. Only what was committed counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.central.boot_time import STEADY_MS, BootClock
from sync.central.store.devices import CONTACT_EVERY_MS

CLOCK_EVERY_MS = 60_000  # by the boot's own monotonic clock
REMEMBERED = 50_000

Boot = tuple[str, str]


class Lately:
    """Used by any thread: a lost update only costs a write."""

    def __init__(self) -> None:
        self._seen_ms: dict[str, int] = {}
        self._clocks: dict[Boot, BootClock] = {}

    def is_seen(self, device: str, at_ms: int) -> bool:
        """Whether its sign of life of about then is on disk."""
        return 0 <= at_ms - self._seen_ms.get(device, at_ms + 1) < CONTACT_EVERY_MS

    def news(self, clocks: Mapping[Boot, BootClock]) -> dict[Boot, BootClock]:
        """Those that say something that is not on disk."""
        return {boot: clock for boot, clock in clocks.items() if not self._is_known(boot, clock)}

    def _is_known(self, boot: Boot, clock: BootClock) -> bool:
        held = self._clocks.get(boot)
        if held is None or held.offset_ms is None or clock.offset_ms is None:
            return False
        is_steady = abs(held.offset_ms - clock.offset_ms) < STEADY_MS
        return is_steady and 0 <= (clock.mono_ms or 0) - (held.mono_ms or 0) < CLOCK_EVERY_MS

    def committed(self, seen: Mapping[str, int], clocks: Mapping[Boot, BootClock]) -> None:
        """These were written."""
        if len(self._seen_ms) + len(self._clocks) > REMEMBERED:
            self._seen_ms.clear()
            self._clocks.clear()
        self._seen_ms.update(seen)
        self._clocks.update(clocks)
