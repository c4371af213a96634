"""What of the journal still has to reach the central, and how far it has proven to hold it.

The journal itself is the outbox: a cursor per lane, moved only by the central's signed acknowledgement after its own
commit. Nothing is deleted here.
"""

from __future__ import annotations

import msgspec

from kiosk.core.event import Lane
from kiosk.store.database import Store


class Backlog(msgspec.Struct, frozen=True):
    """One lane: newest seq, acknowledged seq, and when the last acknowledgement came (None: never)."""

    last_seq: int
    acknowledged_seq: int
    acknowledged_ms: int | None

    @property
    def waiting(self) -> int:
        return self.last_seq - self.acknowledged_seq


def backlogs(store: Store) -> dict[Lane, Backlog]:
    """The state of every lane of the current epoch."""
    rows = store.all(
        "SELECT lane, last_seq, acknowledged_seq, acknowledged_ms FROM stream WHERE epoch = ?", store.epoch
    )
    return {Lane(lane): Backlog(last, acknowledged, at) for lane, last, acknowledged, at in rows}


def acknowledge(store: Store, lane: Lane, through: int) -> None:
    """Marks events up to `through` as held by the central. Never moves back, nor past what exists."""
    with store.write():
        store.run(
            "UPDATE stream SET acknowledged_seq = MIN(last_seq, ?), acknowledged_ms = ?"
            " WHERE epoch = ? AND lane = ? AND acknowledged_seq <= ?",
            *(through, store.now().wall_ms, store.epoch, lane.value, through),
        )
