"""The kiosk's housekeeping, run by this daemon because it is the one that knows what the central holds.

At the start, every half minute, and a second later while a turn found more to do than one turn does. A disk on which
nothing can be written any more is told and tried again: the alarms have their reserve.
"""

from __future__ import annotations

import logging

from kiosk.core.errors import StoreError
from kiosk.core.retention import RetentionSettings, Room
from kiosk.store.database import Store
from kiosk.store.retention import Storage, turn

log = logging.getLogger(__name__)

EVERY_S = 30.0


class Upkeep:
    """Used by one thread; `found` is what the last turn found."""

    def __init__(self, store: Store, settings: RetentionSettings) -> None:
        self._store, self._settings = store, settings
        self._next_s = 0.0
        self.found: Storage | None = None

    def due(self, now_s: float) -> None:
        """Does one turn if it is time; at most ten short transactions."""
        if now_s < self._next_s:
            return
        self._next_s = now_s + EVERY_S
        try:
            found = turn(self._store, self._settings)
        except StoreError as error:
            log.error("retention could not be run", extra={"why": str(error)})
            return
        before = self.found.room if self.found else Room.PLENTY
        if found.room is not before:
            log.warning("room on the disk changed", extra={"room": found.room, "free_bytes": found.free_bytes})
        self.found = found
        if found.unfinished:
            self._next_s = now_s
