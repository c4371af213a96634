"""What each kiosk says that it holds: the receipt of a publication, from its journal and from every greeting.

The journal tells when a document came in force; a greeting corrects what the journal could not tell (a new database,
a restored copy). A late event of the same life never unsays a later one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sync.central.store.database import Connection
from sync.central.store.downlink_models import DeviceDocument
from sync.central.store.models import Device

DIGEST_LETTERS = 16


class Holding(msgspec.Struct, frozen=True):
    """A document in force on a device; `digest` is the start of its SHA-256, 16 hex digits."""

    version: int
    digest: str


def report(connection: Connection, device: str, epoch: str, seq: int, name: str, held: Holding, at_ms: int) -> None:
    """An event `document.applied` of that device."""
    row = {"version": held.version, "digest": held.digest, "since_ms": at_ms, "epoch": epoch, "seq": seq}
    newer = (DeviceDocument.epoch != epoch) | (DeviceDocument.seq < seq)
    insert = DeviceDocument.insert(device=device, name=name, **row)
    key = [DeviceDocument.device, DeviceDocument.name]
    connection.run(insert.on_conflict(conflict_target=key, update=row, where=newer))


def differs(connection: Connection, device: str, held: Mapping[str, Holding]) -> bool:
    """Whether a greeting says anything new."""
    return of_devices(connection, [device])[device] != dict(held)


def greet(connection: Connection, device: str, epoch: str, held: Mapping[str, Holding], now_ms: int) -> None:
    """What a device that has just connected holds; anything else that was written of it is no longer so."""
    known = of_devices(connection, [device])[device]
    gone = [name for name in known if name not in held]
    connection.run(DeviceDocument.delete().where(DeviceDocument.device == device, DeviceDocument.name.in_(gone)))
    for name, holding in held.items():
        if known.get(name) != holding:
            row = {"version": holding.version, "digest": holding.digest, "since_ms": now_ms, "epoch": epoch, "seq": 0}
            insert = DeviceDocument.insert(device=device, name=name, **row)
            key = [DeviceDocument.device, DeviceDocument.name]
            connection.run(insert.on_conflict(conflict_target=key, update=row))


def of_devices(connection: Connection, devices: Sequence[str]) -> dict[str, dict[str, Holding]]:
    """What each of these devices holds, by name."""
    found: dict[str, dict[str, Holding]] = {device: {} for device in devices}
    for row in connection.rows(DeviceDocument.select().where(DeviceDocument.device.in_(devices))):
        found[row["device"]][row["name"]] = Holding(row["version"], row["digest"])
    return found


def page(connection: Connection, after: str, limit: int) -> dict[str, dict[str, Holding]]:
    """The next devices in order of their names, each with what it holds; empty at the end."""
    query = Device.select(Device.device_id).where(Device.device_id > after).order_by(Device.device_id).limit(limit)
    return of_devices(connection, [row["device_id"] for row in connection.rows(query)])
