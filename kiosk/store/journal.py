"""The journal: every change as an event, numbered without gaps and chained by hash, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput, StoreError
from kiosk.core.event import START_HASH, Event, Lane, canonical_json, chain_hash
from kiosk.core.gap import follows
from kiosk.store.database import Store

BODY_LIMIT_BYTES = 16_384


def record(store: Store, lane: Lane, kind: str, body: Mapping[str, object]) -> Event:
    """Appends one event; only inside `store.write()`, so it commits with the change it tells of or not at all."""
    (event,) = record_all(store, lane, [(kind, body)])
    return event


def record_all(store: Store, lane: Lane, told: Sequence[tuple[str, Mapping[str, object]]]) -> list[Event]:
    """Appends events in this order, as `record` does with one."""
    store.require_write()
    row = store.one("SELECT last_seq, last_hash FROM stream WHERE epoch = ? AND lane = ?", store.epoch, lane.value)
    if row is None:
        raise StoreError(f"jalur {lane} tidak ada di penyimpanan")
    seq, hashed, at = row[0], bytes(row[1]), store.now()
    events, rows = list[Event](), list[tuple[object, ...]]()
    for kind, body in told:
        data = canonical_json(body)
        if len(data) > BODY_LIMIT_BYTES:
            raise BadInput(f"catatan {kind} sebesar {len(data)} byte melebihi batas {BODY_LIMIT_BYTES}")
        seq += 1
        event = Event(store.device, store.epoch, lane, seq, kind, at, data)
        hashed = chain_hash(hashed, event)
        events.append(event)
        moment = (at.wall_ms, at.synchronised, at.boot, at.mono_ms)
        rows.append((store.epoch, lane.value, seq, kind, *moment, data, hashed))
    store.run_many(
        "INSERT INTO journal (epoch, lane, seq, kind, wall_ms, synchronised, boot, mono_ms, body, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    store.run(
        "UPDATE stream SET last_seq = ?, last_hash = ? WHERE epoch = ? AND lane = ?",
        *(seq, hashed, store.epoch, lane.value),
    )
    return events


def events(store: Store, lane: Lane, after: int, limit: int) -> list[Event]:
    """Events of the current epoch with seq > `after`, ascending."""
    rows = store.all(
        "SELECT seq, kind, wall_ms, synchronised, boot, mono_ms, body FROM journal"
        " WHERE epoch = ? AND lane = ? AND seq > ? ORDER BY seq LIMIT ?",
        *(store.epoch, lane.value, after, limit),
    )
    return [
        Event(
            store.device, store.epoch, lane, seq, kind, Moment(wall_ms, bool(synchronised), boot, mono_ms), bytes(body)
        )
        for seq, kind, wall_ms, synchronised, boot, mono_ms, body in rows
    ]


def last_of_kinds(store: Store, kinds: tuple[str, ...]) -> str | None:
    """Which of these kinds was recorded last in the health lane; None when none is there any more."""
    marks = ", ".join("?" * len(kinds))
    row = store.one(
        f"SELECT kind FROM journal WHERE epoch = ? AND lane = ? AND kind IN ({marks}) ORDER BY seq DESC LIMIT 1",
        *(store.epoch, Lane.HEALTH.value, *kinds),
    )
    return str(row[0]) if row else None


def following(store: Store, lane: Lane, after: int, limit: int) -> tuple[bytes, list[Event]]:
    """The chain hash that the next event follows, and the events with seq > `after`, read as one moment's picture.

    When `after` lies inside a run that has collapsed, the next event is its gap, which declares its own hash and needs
    none before it: START_HASH is given. Raises StoreError when the chain is torn there.
    """
    rows = store.all(
        "SELECT seq, kind, wall_ms, synchronised, boot, mono_ms, body, hash FROM journal"
        " WHERE epoch = ? AND lane = ? AND seq >= ? ORDER BY seq LIMIT ?",
        *(store.epoch, lane.value, after, limit + 1),
    )
    before = START_HASH
    if rows and rows[0][0] == after:
        before = bytes(rows.pop(0)[7])
    device, epoch = store.device, store.epoch
    found = [
        Event(device, epoch, lane, seq, kind, Moment(wall_ms, synchronised == 1, boot, mono_ms), body)
        for seq, kind, wall_ms, synchronised, boot, mono_ms, body, _ in rows[:limit]
    ]
    if found and not follows(after, found[0]):
        raise StoreError(f"catatan {lane} sesudah nomor {after} tidak ada lagi di penyimpanan")
    return before, found


def hash_after(store: Store, lane: Lane, seq: int) -> bytes:
    """The chain hash after event `seq` of the current epoch (0: before the first). Raises StoreError if it is gone."""
    if seq == 0:
        return START_HASH
    row = store.one("SELECT hash FROM journal WHERE epoch = ? AND lane = ? AND seq = ?", store.epoch, lane.value, seq)
    if row is None:
        raise StoreError(f"catatan {lane} nomor {seq} tidak ada lagi di penyimpanan")
    return bytes(row[0])
