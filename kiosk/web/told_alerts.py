"""The alerts that this server may tell of: every one but the silent ones.

Whoever forces a person to press stands in front of this very screen and may read its addresses too. So a silent alert
is nowhere here: not on a page, in a list, in a stream or in a count of alerts, and asked for by its id it is as unknown
as one that never was. Everything of `kiosk.web` takes its alerts from here; a test compares the whole server with and
without one. How many events wait for the central is still told by lane: tests and faults are among them.
"""

from __future__ import annotations

from kiosk.core.alert import Alert
from kiosk.core.errors import NotFound
from kiosk.store import alerts
from kiosk.store.database import Store


def open_alerts(store: Store) -> list[Alert]:
    """Those that the post has not closed, oldest first."""
    return _told(alerts.open_alerts(store))


def recent_alerts(store: Store, limit: int) -> list[Alert]:
    """The newest, open or closed, newest first; silent ones among them don't make it shorter."""
    asked = limit
    while True:
        found = alerts.recent_alerts(store, asked)
        told = _told(found)[:limit]
        if len(told) == limit or len(found) < asked:
            return told
        asked *= 2


def find(store: Store, alert_id: str) -> Alert:
    """Raises NotFound, in the same words for a silent alert and for none."""
    alert = alerts.find(store, alert_id)
    if alert.is_silent:
        raise NotFound(f"panggilan {alert_id} tidak ada di kotak ini")
    return alert


def _told(found: list[Alert]) -> list[Alert]:
    return [alert for alert in found if not alert.is_silent]
