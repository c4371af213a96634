"""Time as a kiosk without a battery clock can know it.

Every event carries all four parts of a `Moment`; the central repairs wall time per boot once that boot's clock is
synchronised. Nothing is ever ordered or expired by wall time. Rules take `Moment`s or seconds as arguments: only
daemons own a `Clock`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

import msgspec

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
_SYNCHRONISED_FILE = Path("/run/systemd/timesync/synchronized")


class Moment(msgspec.Struct, frozen=True, gc=False):
    """One reading: Unix milliseconds, whether that was synchronised, which boot, milliseconds since that boot."""

    wall_ms: int
    synchronised: bool
    boot: str
    mono_ms: int


class Clock(Protocol):
    def now(self) -> Moment: ...


class SystemClock:
    """The machine's clock. `boot` is the kernel's boot id; `mono_ms` counts on through suspend (CLOCK_BOOTTIME)."""

    def __init__(self) -> None:
        self._boot = _BOOT_ID_FILE.read_text().strip().replace("-", "")[:16] if _BOOT_ID_FILE.exists() else "unknown"

    def now(self) -> Moment:
        return Moment(
            wall_ms=time.time_ns() // 1_000_000,
            synchronised=os.path.exists(_SYNCHRONISED_FILE) or os.environ.get("KENTONGAN_CLOCK") == "synchronised",
            boot=self._boot,
            mono_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
        )


class ManualClock:
    """A clock for tests and rehearsals: stands still until told otherwise."""

    def __init__(self, wall_ms: int = 1_763_770_800_000, boot: str = "boot-1", mono_ms: int = 1_000) -> None:
        self.moment = Moment(wall_ms=wall_ms, synchronised=True, boot=boot, mono_ms=mono_ms)

    def now(self) -> Moment:
        return self.moment

    def advance(self, seconds: float) -> None:
        step_ms = round(seconds * 1000)
        self.moment = msgspec.structs.replace(
            self.moment, wall_ms=self.moment.wall_ms + step_ms, mono_ms=self.moment.mono_ms + step_ms
        )


def local_time(wall_ms: int, utc_offset_h: int) -> datetime:
    """Unix milliseconds as the site's local time (WIB +7, WITA +8, WIT +9), with offset."""
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(timezone(timedelta(hours=utc_offset_h)))


def iso(wall_ms: int, utc_offset_h: int) -> str:
    """ISO 8601 with offset and seconds, e.g. `2026-11-22T15:50:57+07:00`."""
    return local_time(wall_ms, utc_offset_h).isoformat(timespec="seconds")
