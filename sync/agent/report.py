"""What the daemon says of the way to the central: each second in its row, now and then as an event.

The row is for this site: `/healthz`, `/metrics`, the officer's desk. The event (`sync.status`, health lane) is for the
central, which otherwise would only know that it hears nothing: it is journalled when the state has changed and stayed
so for ten seconds, and every five minutes while there is a connection. A month without a network is two events and not
nine thousand.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.core.errors import StoreError
from kiosk.store.database import Store
from kiosk.store.outbox import backlogs, oldest_waiting_s
from kiosk.store.parts import record_health
from kiosk.store.retention import Storage
from sync.agent.link import Link

log = logging.getLogger(__name__)

EVERY_S = 300.0
LASTS_S = 10.0
STATUS_KIND = "sync.status"


def link_report(link: Link) -> dict[str, object]:
    """One connection; bytes count payloads since the daemon started."""
    state, trip_s, uplink = link.state, link.round_trip_s, link.uplink
    return {
        "connected": state.connected,
        "answered": state.answered,
        "last_error": state.last_error,
        "waits_s": round(state.waits_s, 1),
        "round_trip_ms": None if trip_s is None else round(trip_s * 1000, 1),
        "refused": state.refused,
        "sent_bytes": state.sent_bytes,
        "received_bytes": state.received_bytes,
        "batch_bytes": uplink.batch_bytes,
        "uplink_bytes_per_s": round(uplink.bytes_per_s) if uplink.measured else None,
    }


def is_well(links: Sequence[Link]) -> bool:
    """Whether the central has answered on every connection."""
    return all(link.state.connected and link.state.answered for link in links)


def status(store: Store, links: Sequence[Link], storage: Storage | None) -> dict[str, object]:
    """The body of the event."""
    oldest = oldest_waiting_s(store)
    lanes = {
        lane.value: {"waiting": backlog.waiting, "oldest_s": round(oldest.get(lane, 0.0))}
        for lane, backlog in backlogs(store).items()
    }
    trips = [link.round_trip_s for link in links if link.round_trip_s is not None]
    return {
        "connected": is_well(links),
        "lanes": lanes,
        "round_trip_ms": round(max(trips) * 1000) if trips else None,
        "batch_bytes": min(link.uplink.batch_bytes for link in links),
        "sent_bytes": sum(link.state.sent_bytes for link in links),
        "received_bytes": sum(link.state.received_bytes for link in links),
        "refused": sum(link.state.refused for link in links),
        "room": storage.room.value if storage else None,
        "free_bytes": storage.free_bytes if storage else None,
    }


class StatusEvents:
    """When to journal the status; used by one thread, time is passed in."""

    def __init__(self) -> None:
        self._told: object = None
        self._told_s = 0.0
        self._seen: object = None
        self._since_s = 0.0

    def is_due(self, now_s: float, connected: bool, room: str) -> bool:
        """Whether an event should be journalled now; afterwards it counts as told."""
        state = (connected, room)
        if state != self._seen:
            self._seen, self._since_s = state, now_s
        changed = state != self._told and now_s - self._since_s >= LASTS_S
        again = state == self._told and connected and now_s - self._told_s >= EVERY_S
        if changed or again:
            self._told, self._told_s = state, now_s
        return changed or again


def journal_status(store: Store, links: Sequence[Link], storage: Storage | None) -> None:
    """A disk that is full keeps its room for other events; the row tells the site."""
    try:
        record_health(store, STATUS_KIND, status(store, links, storage))
    except StoreError as error:
        log.error("status could not be journalled", extra={"why": str(error)})
