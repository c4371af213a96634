"""Which of the screens with sound speaks: only the one that has been connected longest.

When it goes, the next one does: two televisions in one hall never talk over one another.
"""

from __future__ import annotations

import threading


class Speakers:
    """Who of the screens with sound speaks: the one that has been connected longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[object] = []

    def __len__(self) -> int:
        with self._lock:
            return len(self._waiting)

    def join(self) -> object:
        place = object()
        with self._lock:
            self._waiting.append(place)
        return place

    def leave(self, place: object) -> None:
        with self._lock:
            self._waiting.remove(place)

    def speaks(self, place: object) -> bool:
        with self._lock:
            return bool(self._waiting) and self._waiting[0] is place
