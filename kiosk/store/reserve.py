"""Room that is kept for alarms: a file of two megabytes beside the database, let go when an alarm meets a full disk.

A file and not a quota, because it works on every file system and whoever filled the disk. Two megabytes are hundreds of
alerts with every step of theirs. It is made again by the retention once there is room.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kiosk.core.errors import StoreError
from kiosk.store.database import Store

log = logging.getLogger(__name__)

RESERVE_BYTES = 2 * 1_048_576
PIECE_BYTES = 262_144  # the log of half a dozen alerts, or the pages of hundreds

T = TypeVar("T")


def reserve_file(store: Store) -> Path:
    return store.path.with_name("reserve.bin")


def free_on_disk(store: Store) -> int:
    """Bytes that an ordinary user may still write to the file system of the database."""
    found = os.statvfs(store.path.parent)
    return found.f_bavail * found.f_frsize


def whole_reserve(store: Store) -> bool:
    """Whether nothing has been taken of it."""
    path = reserve_file(store)
    return path.exists() and path.stat().st_size >= RESERVE_BYTES


def keep_reserve(store: Store) -> None:
    """Makes the reserve whole; returns when it is on disk. Raises OSError when there is no room."""
    path = reserve_file(store)
    if whole_reserve(store):
        return
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    try:
        os.posix_fallocate(held, 0, RESERVE_BYTES)
        os.fsync(held)
    finally:
        os.close(held)
    _sync_folder(path.parent)


def with_reserve(store: Store, work: Callable[[], T]) -> T:
    """Does an alarm's work; if the disk is full, again on the reserve. `work` is one transaction of its own.

    The reserve goes piece by piece: all at once SQLite's log would fill it, and leave no room to write the log back
    into the database and begin it anew.
    """
    try:
        return work()
    except StoreError:
        if free_on_disk(store) >= RESERVE_BYTES:
            raise  # whatever failed, it was not for room
    while True:
        first = whole_reserve(store)
        released = _release_piece(store)
        if not first:  # the first alarm does not wait for that
            _write_log_back(store)
        try:
            return work()
        except StoreError:
            if not released:
                raise


def _release_piece(store: Store) -> bool:
    """Whether there was one."""
    try:
        held = os.open(reserve_file(store), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        left = os.fstat(held).st_size
        log.error("disk is full, an alarm takes of the reserve", extra={"left_bytes": left})
        os.ftruncate(held, max(0, left - PIECE_BYTES))
        os.fsync(held)
    finally:
        os.close(held)
    return left > 0


def _write_log_back(store: Store) -> None:
    try:
        store.one("PRAGMA wal_checkpoint(RESTART)")
    except StoreError as error:
        log.error("log could not be written back", extra={"why": str(error)})


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
