"""The ordered log of messages to each device: written with what caused it, kept after the device has applied it.

Numbers ascend per device but leave gaps: each is the central's clock in milliseconds, or one more than the last when
the clock has not moved on. A central restored from an old backup would otherwise count on from the backup's number
and use numbers again that the kiosk has already used up: the kiosk would take its new messages for old ones and
ignore them without a word. What a gap could hide is seen in another way: a message names the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import Case

from kiosk.core.errors import NotFound
from kiosk.core.event import canonical_json
from sync.central.store.database import Connection
from sync.central.store.downlink_models import MessageCounter, MessageRow
from sync.central.store.values import Down


def put_message(connection: Connection, device: str, kind: str, body: dict[str, object], now_ms: int) -> int:
    """Appends a message inside the caller's transaction and returns its number. Raises NotFound for a stranger."""
    counter = MessageCounter.message_number
    drawn = Case(None, [(counter >= now_ms, counter + 1)], now_ms)
    counted = MessageCounter.update(message_number=drawn).where(MessageCounter.device_id == device)
    row = connection.returning(counted.returning(counter))
    if row is None:
        raise NotFound(f"perangkat {device} tidak terdaftar")
    number = int(row["message_number"])
    data = canonical_json(body)
    connection.run(MessageRow.insert(device=device, number=number, kind=kind, body=data, created_ms=now_ms))
    return number


def pending(connection: Connection, device: str, limit: int) -> list[Down]:
    """The oldest messages that the device has not applied, in order."""
    query = MessageRow.select().where(MessageRow.device == device, MessageRow.applied_ms.is_null())
    rows = connection.rows(query.order_by(MessageRow.number).limit(limit))
    return [Down(number=row["number"], kind=row["kind"], body=bytes(row["body"])) for row in rows]


def devices_told_since(connection: Connection, since_ms: int) -> Sequence[str]:
    """Whose messages of that time on still wait: what a worker asks after every change, so it must stay small."""
    query = MessageRow.select(MessageRow.device).where(
        MessageRow.created_ms >= since_ms, MessageRow.applied_ms.is_null()
    )
    return [row["device"] for row in connection.rows(query.distinct())]


def devices_waiting(connection: Connection, after: str, limit: int) -> Sequence[str]:
    """A page of the devices for which anything waits, ascending."""
    query = MessageRow.select(MessageRow.device).where(MessageRow.device > after, MessageRow.applied_ms.is_null())
    return [row["device"] for row in connection.rows(query.distinct().order_by(MessageRow.device).limit(limit))]


def applied(connection: Connection, device: str, through: int, now_ms: int) -> int:
    """Marks every message up to `through`; how many that were."""
    marked = MessageRow.update(applied_ms=now_ms)
    return connection.run(
        marked.where(MessageRow.device == device, MessageRow.number <= through, MessageRow.applied_ms.is_null())
    )
