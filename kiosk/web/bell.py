"""The bell at the printer: rung when a slip was queued, so that nobody waits for the spool's next look.

It stays silent while the printer is out of paper or reach. The spool tries again by itself every two seconds, and being
woken for each of many tickets to find the same empty roll was measured to cost more than the tickets do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Bell:
    """`heard` is what the spool waits on; `useless` says whether ringing would change nothing now."""

    def __init__(self) -> None:
        self.heard = threading.Event()
        self.useless: Callable[[], bool] = lambda: False

    def ring(self) -> None:
        if not self.useless():
            self.heard.set()
