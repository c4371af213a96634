"""How long a link waits before it connects again, and what ends the waiting early.

After a failure: full jitter, and a cable that is plugged in, or another link that gets through, ends it at once. When
the central asked for it (a whole nation comes back at one moment): as long as it said and a bit more by chance,
whatever the cable does. In both cases an alarm that waits is tried again within its own seconds.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from kiosk.core.errors import StoreError
from sync.agent.duty import Duty
from sync.carrier import attached
from sync.plan import back_off_s

LOOK_EVERY_S = 0.2
GIVE_WAY_S = 30.0  # two copies of one kiosk throw one another out: each has the broker for this long at most
STABLE_AFTER_S = 60.0  # only a connection that held this long resets the back-off


class Patience:
    """Used by its link's owner thread. `nudge` is shared: whoever gets through wakes the others."""

    def __init__(self, duty: Duty, carrier_dir: str, nudge: threading.Condition) -> None:
        self._duty, self._folder, self._nudge = duty, Path(carrier_dir), nudge
        self._failures = 0

    def wait(self, stop: threading.Event, lasted_s: float, told_s: float, answered: bool = False) -> None:
        """After a connection that `lasted_s`; `told_s`: how long the central asked to stay away, 0 if it did not.

        `answered`: whether the central had answered on it. Then the network was there, and that another link gets
        through is no news: two copies of a kiosk, whose links nudge one another, would fight for their name all day.
        """
        if told_s > 0:
            self._failures = 0
            self._stay_away(stop, told_s * (1 + random.random() / 2))
            return
        self._failures = 0 if lasted_s > STABLE_AFTER_S else self._failures + 1
        if self._back_off(stop, back_off_s(self._failures - 1, random.random()), not answered):
            self._failures = 0

    def give_way(self, stop: threading.Event) -> None:
        """After another client of our name took our place: neither cable nor nudge brings us back at once."""
        began_s, seconds = time.monotonic(), GIVE_WAY_S * (1 + random.random()) / 2
        while (left_s := began_s + min(seconds, self._retry_within_s()) - time.monotonic()) > 0:
            if stop.wait(min(left_s, LOOK_EVERY_S)):
                return

    def _back_off(self, stop: threading.Event, seconds: float, nudged: bool) -> bool:
        """True when something ended it early that makes the failures so far meaningless."""
        began_s, before = time.monotonic(), attached(self._folder)
        while not stop.is_set():
            left_s = began_s + min(seconds, self._retry_within_s()) - time.monotonic()
            if left_s <= 0:
                return False
            with self._nudge:
                if self._nudge.wait(min(left_s, LOOK_EVERY_S)) and nudged:
                    return True
            now = attached(self._folder)
            if now - before:
                return True
            before = now
        return False

    def _stay_away(self, stop: threading.Event, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0 and not self.is_urgent():
            if stop.wait(min(left_s, LOOK_EVERY_S)):
                return

    def is_urgent(self) -> bool:
        try:
            return self._duty.is_urgent()
        except StoreError:  # who cannot read the store has nothing to send sooner
            return False

    def _retry_within_s(self) -> float:
        try:
            return self._duty.retry_within_s()
        except StoreError:
            return Duty.retry_within_s(self._duty)
