"""Where a kiosk stands: the card of its site."""

from __future__ import annotations

from sync.central.store.database import Connection, Row
from sync.central.store.models import Device, Site
from sync.central.store.values import SiteCard


def cards_of_devices(connection: Connection, devices: set[str]) -> dict[str, SiteCard]:
    """A device that was never enrolled still has an alert to show: its card then says only its name."""
    query = Site.select(Site, Device.device_id).join(Device, on=(Device.site_code == Site.code))
    found = {
        row["device_id"]: card_of(row) for row in connection.rows(query.where(Device.device_id.in_(list(devices))))
    }
    return {name: found.get(name) or SiteCard(code=name, name=name, address="") for name in devices}


def card_of(row: Row) -> SiteCard:
    return SiteCard(**{name: row[name] for name in SiteCard.__struct_fields__})
