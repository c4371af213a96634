"""Collapse: a run of journal rows becomes one gap that counts them (see `kiosk.core.gap`).

One transaction of few rows, so that a button press never waits for it; a longer run is collapsed by repeating, because
a gap at the front of the run is taken into the next one. Whoever calls decides what may go; here the chain is kept.
"""

from __future__ import annotations

from kiosk.core.decoding import from_json
from kiosk.core.event import Lane
from kiosk.core.gap import GAP_KIND, Gap, gap_body
from kiosk.store.database import Store

ROWS_MOST = 1_000  # about 100 pages: 10 ms on a computer, below a tenth of a second on a slow card


def collapse(store: Store, lane: Lane, after: int, through: int, rows_most: int = ROWS_MOST) -> int:
    """Collapses the first `rows_most` rows with after < seq ≤ through into one; returns how many rows that freed.

    Returns after it is on disk. 0: there was at most one row, nothing was changed.
    """
    with store.write():
        rows = store.all(
            "SELECT seq, CASE kind WHEN ? THEN body END, hash FROM journal"
            " WHERE epoch = ? AND lane = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            *(GAP_KIND, store.epoch, lane.value, after, through, rows_most),
        )
        if len(rows) < 2:
            return 0
        gaps = [from_json(body, Gap) for _, body, _ in rows if body is not None]
        first = gaps[0].first if rows[0][1] is not None else rows[0][0]
        last, _, last_hash = rows[-1]
        held = _acknowledged(store, lane) >= last and all(gap.acknowledged for gap in gaps)
        gap = Gap(first, last - first + 1, bytes(last_hash).hex(), held)
        freed = store.run(
            "DELETE FROM journal WHERE epoch = ? AND lane = ? AND seq > ? AND seq < ?",
            *(store.epoch, lane.value, after, last),
        )
        store.run(
            "UPDATE journal SET kind = ?, body = ? WHERE epoch = ? AND lane = ? AND seq = ?",
            *(GAP_KIND, gap_body(gap), store.epoch, lane.value, last),
        )
        return freed


def _acknowledged(store: Store, lane: Lane) -> int:
    row = store.one("SELECT acknowledged_seq FROM stream WHERE epoch = ? AND lane = ?", store.epoch, lane.value)
    return int(row[0]) if row else 0
