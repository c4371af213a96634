"""Wakes a daemon when another has written to the site's file, so that nobody has to look every few milliseconds.

Linux's inotify(7) on the write-ahead log: every commit appends to it. The event comes as the pages are written, some
milliseconds before the commit is on disk and visible, so whoever is woken looks at `data_version` until it has changed.
The standard library has no inotify; three calls of libc are too little for a dependency. Where it is not to be had (a
file system without it, no watches left) `fileno` is None and the daemon looks by the clock instead.
"""

from __future__ import annotations

import ctypes
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

VISIBLE_WITHIN_S = 0.05  # from the first page written to the commit that shows it, on a slow card
LOOK_WHILE_WRITTEN_S = 0.001
_IN_MODIFY = 0x2
_IN_CREATE = 0x100
_READ_BYTES = 4096


class CommitWatch:
    """`fileno` is readable when the file may have changed."""

    def __init__(self, database: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fileno: int | None = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        log_file = database.with_name(database.name + "-wal")
        if self.fileno is None or self.fileno < 0:
            self.fileno = None
        elif libc.inotify_add_watch(self.fileno, os.fsencode(log_file), _IN_MODIFY | _IN_CREATE) < 0:
            os.close(self.fileno)
            self.fileno = None
        if self.fileno is None:
            why = os.strerror(ctypes.get_errno())
            log.warning("no inotify, looking by the clock instead", extra={"file": str(log_file), "why": why})

    def take(self) -> bool:
        """Reads away what has been told; whether anything was."""
        told = False
        try:
            while self.fileno is not None and os.read(self.fileno, _READ_BYTES):
                told = True
        except BlockingIOError:
            return told
        return told

    def close(self) -> None:
        if self.fileno is not None:
            os.close(self.fileno)
            self.fileno = None
