"""What the daemons say of themselves: a row per part, overwritten, with monotonic time so that its age is true.

Not journalled: a heartbeat a second would wear the card and say nothing. Faults and recoveries are events, by
`record_health`.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record


class Part(msgspec.Struct, frozen=True):
    """One daemon or link; `age_s` is None when it last spoke before this boot."""

    name: str
    ok: bool
    detail: dict[str, object]
    age_s: float | None


def record_alive(store: Store, name: str, detail: Mapping[str, object], ok: bool = True) -> None:
    """Says that a part lives, and in what shape."""
    at = store.now()
    with store.write():
        store.run(
            "INSERT INTO part (name, boot, mono_ms, ok, detail) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET boot = excluded.boot, mono_ms = excluded.mono_ms, ok = excluded.ok, detail = excluded.detail",
            *(name, at.boot, at.mono_ms, ok, msgspec.json.encode(detail).decode()),
        )


def parts(store: Store) -> list[Part]:
    at = store.now()
    return [
        Part(name, bool(ok), msgspec.json.decode(detail), (at.mono_ms - mono_ms) / 1000 if boot == at.boot else None)
        for name, boot, mono_ms, ok, detail in store.all(
            "SELECT name, boot, mono_ms, ok, detail FROM part ORDER BY name"
        )
    ]


def record_health(store: Store, kind: str, body: Mapping[str, object]) -> None:
    """One event of the health lane: a fault, a recovery, a measurement."""
    with store.write():
        record(store, Lane.HEALTH, kind, body)
