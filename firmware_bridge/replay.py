"""Which presses are on disk already, so that one that the box delivers again is never raised twice.

The journal itself is the memory: every press that was committed, new or joined to an open alert, left its source in
the same transaction. What the box holds back is a minute old at most in any orderly life, so the newest thousand
events of the alarm lane reach far beyond it.
"""

from __future__ import annotations

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import events

_EVENTS_BACK = 1_000


class _Press(msgspec.Struct, frozen=True):
    source: str = ""


def source_of(name: str, key: str) -> str:
    """What the alert keeps as its source: the input and, where the source repeats edges, the name of the edge."""
    return f"{name}@{key}" if key else name


def known_sources(store: Store) -> set[str]:
    """Sources of the presses that are on disk, as far back as the box can repeat them."""
    row = store.one("SELECT last_seq FROM stream WHERE epoch = ? AND lane = ?", store.epoch, Lane.ALARM.value)
    newest = int(row[0]) if row else 0
    found = events(store, Lane.ALARM, max(0, newest - _EVENTS_BACK), _EVENTS_BACK)
    return {from_json(event.body, _Press).source for event in found} - {""}
