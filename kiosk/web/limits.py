"""A limit on how often something may be tried: a bucket of tokens that refills steadily.

One for the whole server, not one per address: a kiosk has few callers, and whoever guesses codes can change address.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from werkzeug.exceptions import TooManyRequests


class Limit:
    """At most `burst` at once and `per_s` a second in the long run. Thread-safe."""

    def __init__(self, per_s: float, burst: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._monotonic = per_s, burst, monotonic
        self._lock = threading.Lock()
        self._tokens, self._at = float(burst), monotonic()

    def take(self) -> None:
        """Takes one; raises TooManyRequests (429) when none is left."""
        with self._lock:
            now = self._monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_s)
            self._at = now
            if self._tokens < 1:
                raise TooManyRequests(retry_after=1)
            self._tokens -= 1
