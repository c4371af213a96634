"""The conditions that a box told, in the journal: each exactly once, and only then acknowledged.

The box repeats what was not acknowledged, also to a host that died between commit and acknowledgement; so whatever the
newest thousand health events name already is known and not written again. The box holds about as many.
"""

from __future__ import annotations

import logging
from collections import deque

import msgspec

from firmware_bridge.condition import Condition
from kiosk.core.decoding import from_json
from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.parts import record_health

KIND = "box.condition"
_EVENTS_BACK = 1_000

log = logging.getLogger("bridge.conditions")


class _Told(msgspec.Struct, frozen=True):
    key: str = ""


class ConditionBook:
    """Used by one thread, the one that writes to `store`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        row = store.one("SELECT last_seq FROM stream WHERE epoch = ? AND lane = ?", store.epoch, Lane.HEALTH.value)
        newest = int(row[0]) if row else 0
        found = events(store, Lane.HEALTH, max(0, newest - _EVENTS_BACK), _EVENTS_BACK)
        keys = [from_json(event.body, _Told).key for event in found if event.kind == KIND]
        self._known = deque(keys, maxlen=_EVENTS_BACK)

    def commit(self, condition: Condition) -> bool:
        """Whether it is on disk now. A disk that refuses is logged; whoever asks tries again."""
        if condition.key in self._known:
            return True
        body = {
            "part": condition.part,
            "state": condition.state,
            "value": condition.value,
            "key": condition.key,
        }
        log.warning(KIND, extra=body)
        try:
            record_health(self._store, KIND, body)
        except StoreError as error:
            log.error("condition could not be recorded", extra={"key": condition.key, "error": str(error)})
            return False
        self._known.append(condition.key)
        return True
