"""How often one address may ask: a bucket that refills, pure but for the lock around it.

Kept in the process and bounded: an attacker with many addresses only pushes out older buckets, and the 44 bits of a
tracking code are what protects it then. Behind a proxy every visitor has the proxy's address, so the proxy must limit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from werkzeug.exceptions import TooManyRequests

MOST_ADDRESSES = 10_000


class Rate:
    """At most `burst` at once, and `burst` more per `per_s` seconds."""

    def __init__(self, burst: int, per_s: float) -> None:
        self._burst, self._per_s = burst, per_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address -> (left, at_s)
        self._lock = threading.Lock()

    def take(self, address: str, now_s: float) -> None:
        """Counts one question. Raises TooManyRequests, with the seconds to wait, when the address asked too often."""
        with self._lock:
            left, at_s = self._buckets.pop(address, (float(self._burst), now_s))
            left = min(float(self._burst), left + max(0.0, now_s - at_s) * self._burst / self._per_s)
            allowed = left >= 1
            self._buckets[address] = (left - 1 if allowed else left, now_s)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyRequests(retry_after=int((1 - left) * self._per_s / self._burst) + 1)
