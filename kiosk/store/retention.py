"""Keeps the journal within its limits: tails collapse, health is thinned when room is short, the reserve is kept.

The rules are in `kiosk.core.retention`; here they meet the file. Room is what may still be written: the rest of the
file's own budget or of the file system, whichever is less, with the file's free pages, which every new row takes first
(the file itself never shrinks). A turn is a few short transactions, so nobody waits for it and a power cut between two
of them leaves a journal like any other; a long work is done over many turns.
"""

from __future__ import annotations

import logging

import msgspec

from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.core.retention import MIB, LaneHeld, RetentionSettings, Room, room_of, tail_through, thin_through
from kiosk.store.collapse import collapse
from kiosk.store.database import Store
from kiosk.store.day_marks import aged_through, forget_days
from kiosk.store.erasure import erase_due
from kiosk.store.outbox import backlogs
from kiosk.store.parts import record_alive, record_health
from kiosk.store.reserve import free_on_disk, keep_reserve, whole_reserve
from kiosk.store.room import STORAGE_PART

log = logging.getLogger(__name__)

STEPS_A_TURN = 10
COLLAPSE_FROM_ROWS = 200  # while there is room: a transaction for every acknowledged row would wear the card
_SHRINK_ORDER = (Lane.HEALTH, Lane.SERVICE, Lane.ALARM)


class Storage(msgspec.Struct, frozen=True):
    """What was found after a turn; `unfinished`: another turn would do more."""

    room: Room
    free_bytes: int
    used_bytes: int
    reserve: bool
    unfinished: bool


def measure(store: Store, settings: RetentionSettings) -> tuple[int, int]:
    """(free, used) bytes, as the module says."""
    (pages,), (unused,), (page_bytes,) = (
        store.one(f"PRAGMA {name}") or (0,) for name in ("page_count", "freelist_count", "page_size")
    )
    used = (pages - unused) * page_bytes
    free = min(settings.file_mib * MIB - used, free_on_disk(store) + unused * page_bytes)
    return max(0, free), used


def turn(store: Store, settings: RetentionSettings) -> Storage:
    """One turn; returns when it is on disk. Raises StoreError when not even that can be written."""
    room = _room(store, settings)
    steps = 0
    while steps < STEPS_A_TURN and _one_step(store, settings, room):
        steps += 1
        room = _room(store, settings)
    erase_due(store, settings.personal_days)
    if steps:
        forget_days(store, settings.tail_days)
    free, used = measure(store, settings)
    found = Storage(room_of(free, settings), free, used, _reserve(store, room), steps == STEPS_A_TURN)
    _say(store, found)
    return found


def _room(store: Store, settings: RetentionSettings) -> Room:
    return room_of(measure(store, settings)[0], settings)


def _one_step(store: Store, settings: RetentionSettings, room: Room) -> bool:
    """One transaction of the first thing that is due; False when nothing is."""
    backlog = backlogs(store)
    held = {
        lane: LaneHeld(one.last_seq, one.acknowledged_seq, aged_through(store, lane, settings.tail_days))
        for lane, one in backlog.items()
    }
    for lane in _SHRINK_ORDER:
        through = tail_through(lane, held[lane], room, settings)
        if _worth(store, lane, 0, through, room) and collapse(store, lane, 0, through):
            return True
    for lane in _SHRINK_ORDER:
        acknowledged, through = held[lane].acknowledged, thin_through(lane, held[lane], room)
        if through > acknowledged and collapse(store, lane, acknowledged, through):
            log.warning("health thinned", extra={"lane": lane, "after": acknowledged, "through": through})
            return True
    return False


def _worth(store: Store, lane: Lane, after: int, through: int, room: Room) -> bool:
    least = COLLAPSE_FROM_ROWS if room is Room.PLENTY else 2
    row = store.one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE epoch = ? AND lane = ? AND seq > ? AND seq <= ? LIMIT ?)",
        *(store.epoch, lane.value, after, through, least),
    )
    return row is not None and row[0] >= least


def _reserve(store: Store, room: Room) -> bool:
    """Whether alarms have their reserve; it is only made anew while there is plenty."""
    if room is Room.PLENTY:
        try:
            keep_reserve(store)
        except OSError as error:
            log.error("no room for the reserve", extra={"why": str(error)})
    return whole_reserve(store)


def _say(store: Store, found: Storage) -> None:
    """Into the row that tickets ask, and into the journal when the room has changed."""
    row = store.one("SELECT json_extract(detail, '$.room') FROM part WHERE name = ?", STORAGE_PART)
    detail = {
        "room": found.room.value,
        "free_bytes": found.free_bytes,
        "used_bytes": found.used_bytes,
        "reserve": found.reserve,
    }
    record_alive(store, STORAGE_PART, detail, ok=found.room is not Room.RESERVE)
    if (row[0] if row else Room.PLENTY.value) != found.room.value:
        try:
            record_health(store, "storage.room", detail)
        except StoreError as error:
            log.error("room could not be journalled", extra={"why": str(error)})
