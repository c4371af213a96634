"""What a hub keeps in memory to know its satellites by: whose keys there are, and which challenges are open."""

from __future__ import annotations

import threading
from collections import deque

from kiosk.core.hall import seal
from kiosk.web.hall.membership import Satellites
from kiosk.web.limits import Limit

_OPEN_CHALLENGES = 8  # of one satellite: it speaks in turns, and an answer may be lost


class HubDoor:
    """Thread-safe. `strangers` limits how often somebody without a key may knock."""

    def __init__(self, satellites: Satellites) -> None:
        self.satellites = satellites
        self.strangers = Limit(per_s=1, burst=20)
        self._lock = threading.Lock()
        self._open: dict[str, deque[str]] = {}

    def challenge(self, device: str) -> str:
        """A fresh one, for one question."""
        with self._lock:
            given = seal.new_nonce()
            self._open.setdefault(device, deque(maxlen=_OPEN_CHALLENGES)).append(given)
            return given

    def redeem(self, device: str, challenge: str) -> bool:
        """Whether it was open; it is no more."""
        with self._lock:
            held = self._open.get(device, deque())
            if challenge not in held:
                return False
            held.remove(challenge)
            return True
