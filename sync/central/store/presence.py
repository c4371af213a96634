"""Whether a kiosk is connected, as its connections say it: the newest greeting counts, and only its own last will.

A broker may publish the will of a dead connection minutes after the next one has greeted, and keeps whatever came last
for an ingest worker that starts later. Connections of one boot are numbered by that boot's own clock, so the greater
number is the newer one. Boots have no order that this side could know: a farewell from another boot than that of the
newest greeting is taken for a late one. Kept in the database, because workers restart and share kiosks.
"""

from __future__ import annotations

from sync.central.store.database import Connection
from sync.central.store.models import Device

ONLINE, OFFLINE = "online", "offline"


def is_news(connection: Connection, device: str, online: bool, boot: str, number: int) -> bool:
    """Whether `take` would change what is known."""
    return connection.scalar(Device.select(Device.device_id).where(*_news(device, online, boot, number))) is not None


def take(connection: Connection, device: str, online: bool, boot: str, number: int, at_ms: int) -> None:
    """A greeting is a sign of life as well; a last will is the broker's word and none."""
    if online:
        changes: dict[str, object] = {"presence": ONLINE, "last_contact_ms": at_ms}
        changes |= {"presence_boot": boot, "presence_connection": number}
    else:
        changes = {"presence": OFFLINE}
    connection.run(Device.update(changes).where(*_news(device, online, boot, number)))


def _news(device: str, online: bool, boot: str, number: int) -> tuple[object, object]:
    unknown = Device.presence_boot.is_null()
    same_boot = Device.presence_boot == boot
    if online:
        news = unknown | (Device.presence_boot != boot) | (same_boot & (Device.presence_connection < number))
        again = same_boot & (Device.presence_connection == number) & (Device.presence != ONLINE)
        return (Device.device_id == device, news | again)
    newest = unknown | (same_boot & (Device.presence_connection <= number))
    return (Device.device_id == device, newest & (Device.presence.is_null() | (Device.presence != OFFLINE)))
