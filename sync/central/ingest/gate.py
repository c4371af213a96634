"""How many kiosks a second may come in, when all of them come at once. Pure but for a lock.

A token bucket: hellos within the rate are answered in full. Beyond it each is given a place in a line that moves at the
same rate, and told when its turn is; a random second on top, so that places told to many at once don't meet. Who comes
too early again just gets a new place, so nobody has to be remembered.
"""

from __future__ import annotations

import threading

HELLOS_PER_S = 200.0  # of one worker: each costs it three short transactions
LONGEST_S = 300.0


class HelloGate:
    """Shared by the consumers of one worker."""

    def __init__(self, per_s: float = HELLOS_PER_S) -> None:
        self._per_s = per_s
        self._most = max(1.0, 2 * per_s)
        self._free = self._most
        self._line = 0.0
        self._at_s: float | None = None
        self._lock = threading.Lock()

    def ask(self, now_s: float, chance: float) -> float:
        """0.0: come in. Otherwise how many seconds to stay away; `chance` is in [0, 1)."""
        with self._lock:
            moved = (now_s - self._at_s) * self._per_s if self._at_s is not None else 0.0
            self._at_s = now_s
            self._free = min(self._most, self._free + moved)
            self._line = max(0.0, self._line - moved)
            if self._free >= 1.0:
                self._free -= 1.0
                return 0.0
            self._line = min(self._line + 1.0, LONGEST_S * self._per_s)
            return min(LONGEST_S, 1.0 + self._line / self._per_s + chance)
