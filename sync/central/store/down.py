"""The ordered log of messages to each device: written with what caused it, kept until the device says it applied them.

Numbers ascend per device and are never used again; a device applies each once, in order. Each is the central's clock in
milliseconds, or one more than the last: a central restored from an older copy that counted on from the copy's number
would use numbers again that the kiosk has used up, and the kiosk would take an officer's new answer for a known one.
Retained nowhere else: a broker that forgets them costs only the time until they are sent again.
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import Case

from kiosk.core.errors import NotFound
from sync.central.store.database import Connection
from sync.central.store.models import Device, DownRow
from sync.central.store.values import Down


def put_down(connection: Connection, device: str, kind: str, body: bytes, now_ms: int) -> int:
    """Appends a message inside the caller's transaction and returns its number. Raises NotFound for a stranger."""
    drawn = Case(None, [(Device.down_number >= now_ms, Device.down_number + 1)], now_ms)
    counted = Device.update(down_number=drawn).where(Device.device_id == device)
    row = connection.returning(counted.returning(Device.down_number))
    if row is None:
        raise NotFound(f"perangkat {device} tidak terdaftar")
    number = int(row["down_number"])
    connection.run(DownRow.insert(device=device, number=number, kind=kind, body=body, created_ms=now_ms))
    return number


def pending_down(connection: Connection, device: str, after: int, limit: int) -> list[Down]:
    query = DownRow.select().where(DownRow.device == device, DownRow.number > after, DownRow.applied_ms.is_null())
    rows = connection.rows(query.order_by(DownRow.number).limit(limit))
    return [Down(number=row["number"], kind=row["kind"], body=bytes(row["body"])) for row in rows]


def devices_with_pending_down(connection: Connection) -> Sequence[str]:
    query = DownRow.select(DownRow.device).where(DownRow.applied_ms.is_null()).distinct().order_by(DownRow.device)
    return [row["device"] for row in connection.rows(query)]


def down_applied(connection: Connection, device: str, through: int, now_ms: int) -> int:
    """Marks every message up to `through`; how many that were."""
    marked = DownRow.update(applied_ms=now_ms)
    return connection.run(
        marked.where(DownRow.device == device, DownRow.number <= through, DownRow.applied_ms.is_null())
    )
