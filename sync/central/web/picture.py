"""Everything the console shows at one moment, read once for however many consoles are open.

Each open console asks for the mark twenty times a second; here they share one question per look. The picture is read
anew when the mark rose, and every few seconds besides, because silence is news too: a site that says nothing must turn
red without any row changing.
"""

from __future__ import annotations

import threading
import time

import msgspec

from sync.central.store import AlertView, CentralStore, SiteView, TicketView

LOOK_EVERY_S = 0.04
READ_AGAIN_S = 2.0
SITES_SHOWN, TICKETS_SHOWN, CLOSED_SHOWN = 100, 12, 3


class Picture(msgspec.Struct, frozen=True):
    """One moment of the central. `faults` counts what lies in quarantine and what looks forged."""

    open_alerts: tuple[AlertView, ...]
    closed_alerts: tuple[AlertView, ...]
    sites: tuple[SiteView, ...]
    tickets: tuple[TicketView, ...]
    faults: dict[str, int]


class Pictures:
    """Safe to share between the threads of all streams."""

    def __init__(self, store: CentralStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._mark, self._marked_s = 0, -LOOK_EVERY_S
        self._picture: Picture | None = None
        self._picture_mark, self._read_s = -1, 0.0

    def mark(self) -> int:
        with self._lock:
            return self._look()

    def latest(self) -> Picture:
        with self._lock:
            mark, now_s = self._look(), time.monotonic()
            if self._picture is None or mark != self._picture_mark or now_s - self._read_s >= READ_AGAIN_S:
                self._picture = self._read()  # read after the mark: what it misses raises the mark again
                self._picture_mark, self._read_s = mark, now_s
            return self._picture

    def fresh(self) -> Picture:
        """Read now, for a page that must show what its own visitor has just done."""
        return self._read()

    def _look(self) -> int:
        now_s = time.monotonic()
        if now_s - self._marked_s >= LOOK_EVERY_S:
            self._mark, self._marked_s = self._store.change_mark(), now_s
        return self._mark

    def _read(self) -> Picture:
        store = self._store
        return Picture(
            open_alerts=tuple(store.open_alerts()),
            closed_alerts=tuple(store.closed_alerts(CLOSED_SHOWN)),
            sites=tuple(store.sites(limit=SITES_SHOWN)),
            tickets=tuple(store.tickets(limit=TICKETS_SHOWN)),
            faults=store.faults(),
        )
