"""Which serial device is the modem now: the names that fit the patterns, each device once, the one that answered first.

Nothing is opened here. A name may appear, vanish and come back as another between two calls.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence


class DeviceSearch:
    """Goes round all names that fit, and stays with one that answered."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._refused: set[str] = set()

    def next(self) -> str | None:
        """The name to open now; None while none fits. Every name gets its turn before one comes again."""
        names = self._names()
        if names and all(name in self._refused for name in names):
            self._refused.clear()
        return next((name for name in names if name not in self._refused), None)

    def refuse(self, name: str) -> None:
        """Nothing answered there, or it could not be opened: others first."""
        self._refused.add(name)

    def _names(self) -> list[str]:
        seen: dict[str, str] = {}
        for pattern in self._patterns:
            for name in sorted(glob.glob(pattern)):
                if os.path.exists(name):  # a link may outlive its device for a moment
                    seen.setdefault(os.path.realpath(name), name)
        return list(seen.values())
