"""A satellite's numbers: drawn from the blocks that its hub leased it, lowest first, then from its own series.

Which day they are for decides `kiosk.core.hall.day`. A satellite judges nobody: what becomes of a ticket is the hub's
to say and to journal. Here a day that is over only ends the satellite's own picture of it, and without a journal row.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kiosk.core.clock import local_time
from kiosk.core.decoding import from_json
from kiosk.core.hall.day import ToldDay, satellite_day
from kiosk.core.hall.series import own_series
from kiosk.core.numbering import Block
from kiosk.core.queue_settings import QueueSettings
from kiosk.store.database import Store
from kiosk.store.days import OPEN, DayClosed, begin_books, held_day
from kiosk.store.numbers import use_block

OWN_LAST = 999_999


class LeasedNumbers(msgspec.Struct, frozen=True):
    """`told` gives what the hub said of the day, None while the line is cut."""

    mark: str
    told: Callable[[], ToldDay | None]

    @property
    def event(self) -> str:
        return "hall.drawn"

    @property
    def for_hub(self) -> bool:
        return True

    def open_day(self, store: Store, utc_offset_h: int, settings: QueueSettings) -> str:
        at, held = store.now(), held_day(store)
        day = satellite_day(held, self.told(), local_time(at.wall_ms, utc_offset_h).date(), at)
        if day is None:
            raise DayClosed("Antrean hari ini sudah ditutup. Silakan datang pada hari kerja berikutnya.")
        if held is None or day != held.day:
            if held is not None:
                store.run(
                    f"UPDATE ticket SET state = 'ended', counter = NULL WHERE queue_day = ? AND state IN ({OPEN})",
                    held.day,
                )
            begin_books(store, day, at)
        return day

    def draw(self, store: Store, day: str, series: str, count: int, has_carried: bool) -> list[tuple[str, int]]:
        rows = store.all(
            "SELECT first, last, next FROM number_block WHERE day = ? AND series = ? AND next <= last ORDER BY first",
            *(day, series),
        )
        taken, drawn = _taken(store, day, series), list[tuple[str, int]]()
        for block in (Block(*row) for row in rows):
            if len(drawn) == count:
                return drawn
            here = [ordinal for ordinal in range(block.next, block.last + 1) if ordinal not in taken]
            part = here[: count - len(drawn)]
            drawn += [(series, ordinal) for ordinal in part]
            use_block(store, day, series, block, part[-1] + 1 if len(drawn) == count else block.last + 1)
        return drawn + self._own(store, day, own_series(series, self.mark), count - len(drawn))

    def _own(self, store: Store, day: str, series: str, count: int) -> list[tuple[str, int]]:
        """From a block of the satellite's own, without end: `AX-001`, `AX-002`, …"""
        if count <= 0:
            return []
        row = store.one("SELECT first, last, next FROM number_block WHERE day = ? AND series = ?", day, series)
        block = Block(*row) if row else Block(1, OWN_LAST, 1)
        if row is None:
            store.run(
                "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, ?, ?, ?)",
                *(day, series, block.first, block.last, block.next),
            )
        use_block(store, day, series, block, block.next + count)
        return [(series, ordinal) for ordinal in range(block.next, block.next + count)]


def _taken(store: Store, day: str, series: str) -> frozenset[int]:
    """What the hub said is still open from a day before."""
    row = store.one("SELECT taken FROM hall_hub WHERE day = ?", day)
    told = from_json(row[0], dict[str, list[int]]) if row else {}
    return frozenset(told.get(series, ()))
