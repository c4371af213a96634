"""`GET /metrics`: figures of the site for a Prometheus, read at the moment that somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.core.hall.link import LinkState
from kiosk.http.metrics import CONTENT_TYPE, Sample, by, family
from kiosk.store.database import Store
from kiosk.store.hall import tickets_by_state
from kiosk.store.outbox import backlogs, oldest_waiting_s
from kiosk.store.parts import Part, parts
from kiosk.store.print_jobs import counts
from kiosk.store.tickets import today
from kiosk.web.hall.lines import seen_at_hub
from kiosk.web.office import Office, office
from kiosk.web.status.mount import blueprint
from kiosk.web.told_alerts import open_alerts
from kiosk.web.way_to_central import is_connected, links_of

# One of the sync daemon's connections: what it says, its metric, in seconds or bytes, and for whom.
_OF_A_LINK = (
    ("answered", "kentongan_link_answered", 1.0, "gauge", "Whether the central has answered on this connection"),
    ("round_trip_ms", "kentongan_link_round_trip_seconds", 0.001, "gauge", "From a message to its acknowledgement"),
    ("batch_bytes", "kentongan_link_batch_bytes", 1.0, "gauge", "How large a batch the link bears now"),
    ("waits_s", "kentongan_link_told_to_wait_seconds", 1.0, "gauge", "How long the central asked to stay away"),
    ("sent_bytes", "kentongan_link_sent_bytes_total", 1.0, "counter", "Payload bytes sent since the daemon started"),
    ("received_bytes", "kentongan_link_received_bytes_total", 1.0, "counter", "Payload bytes received since then"),
    ("refused", "kentongan_link_refused_total", 1.0, "counter", "Messages that broker or kiosk refused since then"),
)


@blueprint.get("/metrics")
def metrics() -> tuple[str, int, dict[str, str]]:
    store = office().store
    spoke = {part.name: part for part in parts(store)}
    links = links_of(spoke.get("sync"))
    tickets = by("state", tickets_by_state(store, today(store)))
    ages = by("part", {part.name: part.age_s for part in spoke.values() if part.age_s is not None})
    text = "".join(
        (
            family("kentongan_tickets", "Tickets of the open business day by state", tickets),
            family("kentongan_print_jobs", "Print jobs by state", by("state", counts(store))),
            family("kentongan_part_age_seconds", "Seconds since a daemon last spoke", ages),
            family("kentongan_open_alerts", "Alerts that the post has not closed", [({}, len(open_alerts(store)))]),
            family("kentongan_connected", "Whether the central answers on every link", [({}, is_connected(links))]),
            *_printer(spoke.get("kiosk")),
            *_lanes(store),
            *_links(links),
            *_storage(spoke.get("storage")),
            *_hall(office()),
        )
    )
    return text, 200, {"Content-Type": CONTENT_TYPE}


def _hall(here: Office) -> Iterator[str]:
    """The lines of a hall with several kiosks; nothing at a kiosk alone."""
    seen = [here.satellite.seen()] if here.satellite is not None else seen_at_hub(here)
    if not seen:
        return
    linked = {one.device: float(one.link.state is LinkState.LINKED) for one in seen}
    yield family("kentongan_hall_linked", "Whether a kiosk of the hall answers", by("device", linked))
    if here.satellite is not None:
        free, unmerged = (
            {here.settings.device: here.satellite.free()},
            {here.settings.device: here.satellite.unmerged()},
        )
    else:
        free = {one.device: one.free for one in seen if one.free is not None}
        unmerged = {one.device: one.unmerged for one in seen}
    yield family("kentongan_hall_free_numbers", "Leased numbers left of the scarcest series", by("device", free))
    yield family("kentongan_hall_unmerged", "Tickets that the hub has not taken yet", by("device", unmerged))


def _printer(kiosk: Part | None) -> Iterator[str]:
    printer = kiosk.detail.get("printer") if kiosk is not None else None
    if isinstance(printer, dict):
        known = [({"condition": str(printer.get("condition"))}, 1.0)]
        yield family("kentongan_printer_condition", "1 for the condition that the printer is in", known)
        yield family("kentongan_printer_ready", "Whether nothing keeps a ticket waiting", [({}, bool(printer["ok"]))])


def _lanes(store: Store) -> Iterator[str]:
    held, now_ms = backlogs(store), store.now().wall_ms
    waiting = {lane.value: one.waiting for lane, one in held.items()}
    oldest = {lane.value: seconds for lane, seconds in oldest_waiting_s(store).items()}
    heard = {
        lane.value: max(0.0, (now_ms - one.acknowledged_ms) / 1000)
        for lane, one in held.items()
        if one.acknowledged_ms is not None
    }
    yield family("kentongan_backlog_events", "Events that the central has not proven to hold", by("lane", waiting))
    yield family("kentongan_backlog_oldest_seconds", "For how long the oldest of them waits", by("lane", oldest))
    yield family("kentongan_acknowledged_age_seconds", "Since the central last proved something", by("lane", heard))


def _links(links: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for key, name, unit, kind, help_ in _OF_A_LINK:
        told = {link: said[key] * unit for link, said in links.items() if isinstance(said.get(key), int | float)}
        yield family(name, help_, by("link", told), kind)


def _storage(storage: Part | None) -> Iterator[str]:
    if storage is None:
        return
    said = storage.detail
    yield family("kentongan_storage_free_bytes", "Room left for the journal", _told(said, "free_bytes"))
    yield family("kentongan_storage_used_bytes", "What the database holds", _told(said, "used_bytes"))
    yield family("kentongan_storage_room", "1 for how much room is left", [({"room": str(said.get("room"))}, 1.0)])
    yield family("kentongan_storage_reserve", "Whether alarms have their reserve", [({}, bool(said.get("reserve")))])


def _told(said: Mapping[str, object], key: str) -> list[Sample]:
    value = said.get(key)
    return [({}, value)] if isinstance(value, int | float) else []
