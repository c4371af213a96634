"""Estimated waits for whoever asks, from figures that are read at most every two seconds.

The estimate itself is a pure rule (`kiosk.core.waiting`); recent visits and open counters hardly change between two
tickets, and reading them anew for each would cost a busy kiosk more than the ticket does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.core.settings import SiteSettings
from kiosk.core.waiting import Wait, estimate
from kiosk.store.database import Store
from kiosk.store.hall import counters_calling
from kiosk.store.tickets import recent_visit_minutes, today

_FRESH_S = 2.0
_OPEN_WITHIN_MS = 30 * 60_000  # a counter that has called nobody for half an hour is taken for closed


class Waits:
    """Thread-safe; `monotonic` is a clock in seconds."""

    def __init__(self, store: Store, settings: SiteSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._counters, self._monotonic = store, settings.site.counters, monotonic
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._recent: list[float] = []
        self._open = settings.site.counters

    def estimate(self, ahead: int, typical_min: float) -> Wait:
        """The wait of somebody with `ahead` people before them, for a service of typically so many minutes."""
        self._refresh()
        return estimate(ahead, typical_min, self._recent, self._open)

    def _refresh(self) -> None:
        with self._lock:
            now = self._monotonic()
            if now - self._read_at < _FRESH_S:
                return
            self._read_at = now
        day = today(self._store)
        calling = counters_calling(self._store, day, self._store.now().wall_ms - _OPEN_WITHIN_MS)
        self._recent = recent_visit_minutes(self._store, day) if day is not None else []
        self._open = calling or self._counters  # nobody has called yet: the office has not begun, all will open
