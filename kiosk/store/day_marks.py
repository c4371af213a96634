"""Where each lane stood when a business day opened, written in the transaction that opened it."""

from __future__ import annotations

from kiosk.core.event import Lane
from kiosk.store.database import Store


def mark_day(store: Store, day: str) -> None:
    """Inside `store.write()`: everything journalled so far was before this day."""
    store.run(
        "INSERT INTO day_mark (epoch, lane, day, seq) SELECT epoch, lane, ?, last_seq FROM stream WHERE epoch = ?"
        " ON CONFLICT DO NOTHING",
        *(day, store.epoch),
    )


def aged_through(store: Store, lane: Lane, days: int) -> int:
    """The newest number that was journalled before the last `days` business days and the one open now; 0: none."""
    row = store.one(
        "SELECT seq FROM day_mark WHERE epoch = ? AND lane = ? ORDER BY day DESC LIMIT 1 OFFSET ?",
        *(store.epoch, lane.value, days),
    )
    return int(row[0]) if row else 0


def forget_days(store: Store, days: int) -> None:
    """Drops the marks of days that no longer decide anything."""
    with store.write():
        store.run(
            "DELETE FROM day_mark WHERE epoch <> ? OR day < (SELECT MIN(day) FROM (SELECT DISTINCT day FROM day_mark"
            " WHERE epoch = ? ORDER BY day DESC LIMIT ?))",
            *(store.epoch, store.epoch, days + 1),
        )
