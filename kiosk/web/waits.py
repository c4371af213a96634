"""Estimated waits for whoever asks, from figures that are read at most every two seconds.

The estimate itself is a pure rule (`kiosk.core.waiting`); recent visits and open counters hardly change between two
tickets, and reading them anew for each would cost a busy kiosk more than the ticket does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.core.hall.messages import Picture
from kiosk.core.settings import SiteSettings
from kiosk.core.waiting import Wait, estimate
from kiosk.store.database import Store
from kiosk.store.hall import counters_calling
from kiosk.store.tickets import recent_visit_minutes, today

_FRESH_S = 2.0
_OPEN_WITHIN_MS = 30 * 60_000  # a counter that has called nobody for half an hour is taken for closed


class Waits:
    """Thread-safe; `monotonic` is a clock in seconds, `picture` what a satellite's hub said last of the hall."""

    def __init__(
        self,
        store: Store,
        settings: SiteSettings,
        monotonic: Callable[[], float] = time.monotonic,
        picture: Callable[[], Picture] | None = None,
    ) -> None:
        self._store, self._counters, self._monotonic = store, settings.site.counters, monotonic
        self._picture = picture
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
        if self._picture is not None:
            hall = self._picture()
            self._recent, self._open = list(hall.recent_min), hall.counters or self._counters
            return
        day = today(self._store)
        calling = counters_calling(self._store, day, self._store.now().wall_ms - _OPEN_WITHIN_MS)
        self._recent = recent_visit_minutes(self._store, day) if day is not None else []
        self._open = calling or self._counters  # nobody has called yet: the office has not begun, all will open
