"""What of the journal still has to reach the central, and how far it has proven to hold it.

The journal itself is the outbox: a cursor per lane, moved only by the central's signed acknowledgement after its own
commit. Nothing is deleted here.
"""

from __future__ import annotations

import msgspec

from kiosk.core.event import Lane
from kiosk.core.gap import GAP_KIND
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


def oldest_waiting_s(store: Store) -> dict[Lane, float]:
    """For how long the oldest unacknowledged event of each lane waits, in seconds; lanes where none waits are left out.

    By the monotonic clock while it is of this boot, else by the wall clock, which may be wrong but never negative here.
    """
    at = store.now()
    found = {}
    for lane in Lane:
        row = store.one(
            "SELECT journal.wall_ms, journal.boot, journal.mono_ms FROM journal JOIN stream USING (epoch, lane)"
            " WHERE epoch = ? AND lane = ? AND seq > acknowledged_seq ORDER BY seq LIMIT 1",
            *(store.epoch, lane.value),
        )
        if row is not None:
            wall_ms, boot, mono_ms = row
            waited_ms = at.mono_ms - mono_ms if boot == at.boot else at.wall_ms - wall_ms
            found[lane] = max(0.0, waited_ms / 1000)
    return found


def first_held(store: Store, lane: Lane) -> int:
    """The first number that can still be sent as it was, behind a gap at the beginning; 0 in an empty lane."""
    row = store.one(
        "SELECT seq + (kind = ?) FROM journal WHERE epoch = ? AND lane = ? ORDER BY seq LIMIT 1",
        *(GAP_KIND, store.epoch, lane.value),
    )
    return int(row[0]) if row else 0


def acknowledge(store: Store, lane: Lane, through: int) -> None:
    """Marks events up to `through` as held by the central. Never moves back, nor past what exists."""
    with store.write():
        acknowledge_within(store, lane, through)


def acknowledge_within(store: Store, lane: Lane, through: int) -> None:
    """As `acknowledge`, inside a transaction that the caller holds."""
    store.run(
        "UPDATE stream SET acknowledged_seq = MIN(last_seq, ?), acknowledged_ms = ?"
        " WHERE epoch = ? AND lane = ? AND acknowledged_seq <= ?",
        *(through, store.now().wall_ms, store.epoch, lane.value, through),
    )
