"""Tickets on disk, the door of this room: numbers are drawn here, and what is known of tickets is read here.

A number that a resident has seen was committed before the answer left: number, ticket, journal row, idempotency key and
print job in one transaction. The tracking code is kept only as a hash. A retry must print the same code, so it is
derived from the resident's own Idempotency-Key and a stored salt: without the key, of which only a hash is kept, the
database tells no code.
"""

from __future__ import annotations

from kiosk.core.queue_settings import QueueSettings
from kiosk.store.database import Store
from kiosk.store.days import open_day, today
from kiosk.store.issue_batch import Issued, Slip, Wish
from kiosk.store.issuer import Issuer
from kiosk.store.reading import (
    COLUMNS,
    ahead_of,
    find,
    find_by_track,
    of_day,
    recent_visit_minutes,
    ticket_of,
    waiting_count,
)

__all__ = [
    "COLUMNS",
    "Issued",
    "Issuer",
    "Slip",
    "Wish",
    "ahead_of",
    "find",
    "find_by_track",
    "issue",
    "of_day",
    "open_day",
    "recent_visit_minutes",
    "ticket_of",
    "today",
    "waiting_count",
]


def issue(
    store: Store,
    service: str,
    series: str,
    utc_offset_h: int,
    key: str | None,
    slip: Slip | None,
    settings: QueueSettings = QueueSettings(),
) -> Issued:
    """One number by itself, as `Issuer.issue` draws it; a server keeps an Issuer instead, for its threads to share."""
    return Issuer(store, utc_offset_h, settings).issue(Wish(service, series, key, slip))
