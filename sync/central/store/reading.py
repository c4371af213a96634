"""What the console, the API and residents at home read; alerts are read by `alert_reading`.

No writes, no locks; lists are keyset-paged by the caller.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from peewee import SQL, fn

from kiosk.core.errors import NotFound
from kiosk.core.ticket import TicketState
from sync.central.boot_time import is_named, true_ms
from sync.central.store import boot_clocks, segments
from sync.central.store.cards import card_of, cards_of_devices
from sync.central.store.database import Connection, Row
from sync.central.store.holes import Holes
from sync.central.store.models import (
    Change,
    ComplaintRow,
    Device,
    DeviceReport,
    Quarantine,
    RequestRow,
    SecurityEvent,
    Site,
    Stream,
    TicketRow,
)
from sync.central.store.values import (
    DeviceView,
    EventView,
    SiteCard,
    SiteView,
    TicketView,
    TrackView,
)

TRACKED_DAYS = 400
TRACK_START_LETTERS = 12
_DEVICES = Device.select(Device, Site.utc_offset_h)


def change_mark(connection: Connection) -> int:
    """Rises whenever a committed transaction changed what people see."""
    return int(connection.scalar(Change.select(fn.SUM(Change.mark))))


def sites(connection: Connection, after: str | None, limit: int) -> list[SiteView]:
    """By code; `after` is the code of the last one of the page before."""
    query = Site.select().order_by(Site.code).limit(limit)
    if after is not None:
        query = query.where(Site.code > after)
    cards = [card_of(row) for row in connection.rows(query)]
    by_site: dict[str, list[DeviceView]] = {card.code: [] for card in cards}
    for device in _devices(connection, _DEVICES.where(Device.site_code.in_(list(by_site)))):
        by_site[device.site_code].append(device)
    return [_site_view(connection, card, tuple(by_site[card.code])) for card in cards]


def site(connection: Connection, code: str) -> SiteView:
    row = connection.row(Site.select().where(Site.code == code))
    if row is None:
        raise NotFound(f"lokasi {code} tidak terdaftar di pusat ini")
    devices = _devices(connection, _DEVICES.where(Device.site_code == code))
    return _site_view(connection, card_of(row), tuple(devices))


def _site_view(connection: Connection, card: SiteCard, devices: tuple[DeviceView, ...]) -> SiteView:
    day = max((device.business_day for device in devices if device.business_day), default=None)
    names = [device.id for device in devices]
    counted: dict[str, int] = {}
    if day is not None:
        query = TicketRow.select(TicketRow.state, fn.COUNT(SQL("*")).alias("tickets"))
        query = query.where(TicketRow.device.in_(names), TicketRow.day == day).group_by(TicketRow.state)
        counted = {row["state"]: int(row["tickets"]) for row in connection.rows(query)}
    return SiteView(site=card, devices=devices, business_day=day, tickets=counted)


def devices(connection: Connection, after: str | None, limit: int) -> list[DeviceView]:
    query = _DEVICES.limit(limit)
    return _devices(connection, query.where(Device.device_id > after) if after is not None else query)


def _devices(connection: Connection, query: Any) -> list[DeviceView]:
    rows = connection.rows(query.join(Site, on=(Site.code == Device.site_code)).order_by(Device.device_id))
    reports: dict[str, dict[str, dict[str, object]]] = {row["device_id"]: {} for row in rows}
    latest = DeviceReport.select().where(DeviceReport.device.in_(list(reports)))
    for report in connection.rows(latest.order_by(DeviceReport.kind)):
        body = msgspec.json.decode(report["body"], type=dict[str, object])
        reports[report["device"]][report["kind"]] = {
            "at_ms": report["at_ms"],
            "received_ms": report["received_ms"],
            "body": body,
        }
    missing = Stream.select(Stream.device, fn.SUM(Stream.dropped).alias("dropped")).group_by(Stream.device)
    missing = missing.where(Stream.device.in_(list(reports)), Stream.dropped > 0)
    dropped = {row["device"]: int(row["dropped"]) for row in connection.rows(missing)}
    drilled = _drilled(connection, list(reports))
    names = ("site_code", "utc_offset_h", "enrolled_ms", "last_contact_ms", "presence", "business_day", "tested_ms")
    return [
        DeviceView(
            id=row["device_id"],
            reports=reports[row["device_id"]],
            dropped=dropped.get(row["device_id"], 0),
            drilled_ms=drilled.get(row["device_id"]),
            **{name: row[name] for name in names},
        )
        for row in rows
    ]


def _drilled(connection: Connection, devices: list[str]) -> dict[str, int]:
    """When a drill of each was last answered. Plain SQL, spelled so that both databases use the partial index."""
    if not devices:
        return {}
    places = ", ".join("?" * len(devices))
    sql = "SELECT device, MAX(acknowledged_ms) FROM alert WHERE drill AND acknowledged_ms IS NOT NULL"
    found = connection.fetch(f"{sql} AND device IN ({places}) GROUP BY device", *devices)
    return {device: int(at_ms) for device, at_ms in found}


def last_contact_ms(connection: Connection) -> int | None:
    """When any device was last heard."""
    heard = connection.scalar(Device.select(fn.MAX(Device.last_contact_ms)))
    return None if heard is None else int(heard)


def tickets(connection: Connection, site_code: str | None, after: str | None, limit: int) -> list[TicketView]:
    """Newest first (UUIDv7 sorts by time of making); `after` is the id of the last one of the page before."""
    query = TicketRow.select(TicketRow, Device.site_code, Site.utc_offset_h)
    query = query.join(Device, on=(Device.device_id == TicketRow.device)).join(Site, on=(Site.code == Device.site_code))
    if site_code is not None:
        query = query.where(Device.site_code == site_code)
    if after is not None:
        query = query.where(TicketRow.ticket_id < after)
    rows = connection.rows(query.order_by(TicketRow.ticket_id.desc()).limit(limit))
    names = [name for name in TicketView.__struct_fields__ if name != "id"]
    return [TicketView(id=row["ticket_id"], **{name: row[name] for name in names}) for row in rows]


def track(connection: Connection, track_hash: str) -> TrackView:
    """What is behind a code. Raises NotFound, in the same words for every code that opens nothing."""
    queries = {
        "ticket": TicketRow.select().where(*_tracked(connection, track_hash)),
        "request": RequestRow.select().where(RequestRow.track_hash == track_hash),
        "complaint": ComplaintRow.select().where(ComplaintRow.track_hash == track_hash),
    }
    kind, row = next(((kind, row) for kind, query in queries.items() if (row := connection.row(query))), ("", None))
    if row is None:
        raise NotFound("Kode ini belum kami kenal. Periksa hurufnya, atau coba lagi setelah mesin di kantor terhubung.")
    card = cards_of_devices(connection, {row["device"]})[row["device"]]
    heard_ms = connection.scalar(Device.select(Device.last_contact_ms).where(Device.device_id == row["device"]))
    where = {"kind": kind, "site_name": card.name, "utc_offset_h": card.utc_offset_h, "heard_ms": heard_ms}
    what = {"state": row["state"], "changed_ms": row["changed_ms"]}
    if kind == "complaint":
        due_ms = row["due_ms"] if row["answered_ms"] is None else None
        return TrackView(**where, **what, service=row["kind"], began_ms=row["filed_ms"], due_ms=due_ms)
    what["service"] = row["service"]
    if kind == "request":
        return TrackView(**where, **what, began_ms=row["submitted_ms"])
    own = {"number": row["number"], "counter": row["counter"], "day": row["day"], "ahead": _ahead(connection, row)}
    return TrackView(**where, **what, **own, began_ms=row["issued_ms"])


def _tracked(connection: Connection, track_hash: str) -> tuple[object, ...]:
    """Looks the beginning of the hash up in each of the days that may still be asked for (see migration 8)."""
    last = connection.scalar(Device.select(fn.MAX(Device.business_day)))
    newest = date.fromisoformat(last) if last else date.min
    days = [(newest - timedelta(days=back)).isoformat() for back in range(min(TRACKED_DAYS, newest.toordinal()))]
    start = fn.SUBSTR(TicketRow.track_hash, 1, TRACK_START_LETTERS) == track_hash[:TRACK_START_LETTERS]
    return TicketRow.day.in_(days), start, TicketRow.track_hash == track_hash


def _ahead(connection: Connection, row: Row) -> int | None:
    """How many of the same series and day wait in front of a waiting ticket."""
    if row["state"] != TicketState.WAITING:
        return None
    query = TicketRow.select(fn.COUNT(SQL("*"))).where(
        TicketRow.device == row["device"],
        TicketRow.day == row["day"],
        TicketRow.series == row["series"],
        TicketRow.ordinal < row["ordinal"],
        TicketRow.state == TicketState.WAITING.value,
    )
    return int(connection.scalar(query))


def events(connection: Connection, after: int, limit: int, holes: Holes) -> list[EventView]:
    """In order of arrival, after the arrival number `after`; a reader that follows them misses none."""
    found = segments.arrived(connection, after, limit, holes)
    boots = {(kept.event.device, kept.event.moment.boot) for kept in found if not kept.event.moment.synchronised}
    offsets = boot_clocks.offsets(connection, {key for key in boots if is_named(key[1])})
    return [_event(kept, offsets.get((kept.event.device, kept.event.moment.boot))) for kept in found]


def _event(kept: segments.Kept, offset_ms: int | None) -> EventView:
    event, at = kept.event, kept.event.moment
    return EventView(
        arrival=kept.arrival,
        device=event.device,
        epoch=event.epoch,
        lane=event.lane,
        seq=event.seq,
        kind=event.kind,
        wall_ms=at.wall_ms,
        synchronised=at.synchronised,
        true_ms=at.wall_ms if at.synchronised else true_ms(at.mono_ms, offset_ms),
        received_ms=kept.received_ms,
        hash=kept.hash,
        body=event.body,
    )


def faults(connection: Connection) -> dict[str, int]:
    """How much lies in quarantine, how many security events there are, and how many events kiosks had to drop (see
    `commit`): more than none is somebody's work."""
    return {
        "quarantine": int(connection.scalar(Quarantine.select(fn.COUNT(SQL("*"))))),
        "security_events": int(connection.scalar(SecurityEvent.select(fn.COUNT(SQL("*"))))),
        "dropped": int(connection.scalar(Stream.select(fn.SUM(Stream.dropped))) or 0),
    }
