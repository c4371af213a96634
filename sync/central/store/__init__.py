"""What the central keeps: one interface over SQLite (the embedded default) and PostgreSQL.

`open_central(url)` gives a `CentralStore`; `migrate(url)` makes or raises the schema and is run once before the
daemons. Models and SQL stay inside this folder; what comes out are the frozen values of `values`.
"""

from sync.central.store.alert_view import AlertStep, AlertView
from sync.central.store.central import CentralStore, open_central
from sync.central.store.migrate import migrate
from sync.central.store.values import (
    CloseReason,
    Committed,
    Cursor,
    DeviceView,
    Down,
    EventView,
    Session,
    SiteCard,
    SiteView,
    TicketView,
    TrackView,
)

__all__ = [
    "AlertStep",
    "AlertView",
    "CentralStore",
    "CloseReason",
    "Committed",
    "Cursor",
    "DeviceView",
    "Down",
    "EventView",
    "Session",
    "SiteCard",
    "SiteView",
    "TicketView",
    "TrackView",
    "migrate",
    "open_central",
]
