"""What must be true of a site's database after anything at all."""

from __future__ import annotations

import msgspec

from kiosk.core.event import START_HASH, Lane
from kiosk.core.gap import first_of, hash_with
from kiosk.store.database import Store
from kiosk.store.journal import events

DEVICE = "31.74.05.1001-k1"


def require_sound_journal(store: Store) -> None:
    """Every lane is numbered without a gap, each hash follows from the one before, and the stream's row is its end."""
    for lane in Lane:
        held, rows = START_HASH, events(store, lane, 0, 1_000_000)
        hashes = [row[0] for row in store.all("SELECT hash FROM journal WHERE lane = ? ORDER BY seq", lane.value)]
        through = 0
        for event, kept in zip(rows, hashes, strict=True):
            assert first_of(event) == through + 1
            through, held = event.seq, hash_with(held, event)
            assert bytes(kept) == held
        ends = store.one("SELECT last_seq, last_hash FROM stream WHERE epoch = ? AND lane = ?", store.epoch, lane.value)
        assert ends is not None
        assert (ends[0], bytes(ends[1])) == (through, held)


def require_sound_tickets(store: Store) -> list[str]:
    """Numbers without gap or double, each with its journal row; returns them in order."""
    rows = store.all("SELECT id, series, ordinal FROM ticket ORDER BY day, series, ordinal")
    for series in {row[1] for row in rows}:
        ordinals = [row[2] for row in rows if row[1] == series]
        assert ordinals == list(range(1, len(ordinals) + 1))
        drawn = store.one("SELECT MAX(next) FROM number_block WHERE series = ?", series)
        assert drawn == (len(ordinals) + 1,)
    told = [
        msgspec.json.decode(event.body)["id"]
        for event in events(store, Lane.SERVICE, 0, 1_000_000)
        if event.kind == "ticket.issued"
    ]
    assert sorted(told) == sorted(row[0] for row in rows)
    return [f"{row[1]}-{row[2]:03d}" for row in rows]
