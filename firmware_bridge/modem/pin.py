"""The SIM's PIN, from a file, given at most twice in a row without success.

A SIM locks after three wrong PINs, and a daemon that restarts would try again each time. So attempts are counted on
disk before each one, with the time at which the PIN file was last written: whoever corrects the file starts afresh, and
the third attempt is left to a person. The count holds no PIN. What cannot be counted is not tried.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

ATTEMPTS = 2
_PIN = re.compile(r"[0-9]{4,8}\Z", re.ASCII)
_READ_LIMIT = 64

log = logging.getLogger("bridge.modem")


class PinFile:
    """`counts` is a file of ours in the data directory."""

    def __init__(self, path: str, counts: Path) -> None:
        self._path = path
        self._counts = counts

    def take(self) -> str | None:
        """The PIN for one attempt, which is counted when this returns; None when there is none to be tried."""
        if not self._path:
            return None
        try:
            with open(self._path, encoding="ascii") as file:
                pin, version = file.read(_READ_LIMIT).strip(), os.fstat(file.fileno()).st_mtime_ns
            attempts = self._attempts(version)
            if _PIN.match(pin) is None:
                log.error("PIN file does not hold 4-8 digits", extra={"file": self._path})
                return None
            if attempts >= ATTEMPTS:
                return None
            self._count(version, attempts + 1)
        except (OSError, UnicodeDecodeError) as error:
            log.error("PIN is not tried", extra={"file": self._path, "error": type(error).__name__})
            return None
        return pin

    def accepted(self) -> None:
        """The SIM took it: the count starts afresh."""
        try:
            self._counts.unlink(missing_ok=True)
        except OSError as error:  # the PIN is right; at worst it is asked of a person next time
            log.error("PIN count was not removed", extra={"error": str(error)})

    def _attempts(self, version: int) -> int:
        if not self._counts.exists():
            return 0
        counted = re.fullmatch(r"([0-9]+) ([0-9]+)\n", self._counts.read_text(encoding="ascii"))
        return int(counted[2]) if counted and int(counted[1]) == version else 0

    def _count(self, version: int, attempts: int) -> None:
        """Returns after it is on disk."""
        fresh = self._counts.with_suffix(".new")
        with open(fresh, "w", encoding="ascii") as file:
            file.write(f"{version} {attempts}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._counts)
        folder = os.open(self._counts.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
