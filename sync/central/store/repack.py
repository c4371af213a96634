"""Carries the events of an older schema, one row each, over into messages: once, inside the migration to version 9.

They are packed in their order of arrival, so readers that follow it read them in the same order again. Nobody has
signed these messages; the chain of hashes that came with the events is kept and says the same as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.gap import follows, hash_with
from sync.central.store import segments
from sync.central.store.database import Connection
from sync.central.store.delivery import Delivery, Stream
from sync.wire.envelope import pack
from sync.wire.messages import batch_of, encode

SINCE_VERSION = 9
EVENTS_A_MESSAGE = 200
BODIES_A_MESSAGE_BYTES = 200_000
_READ_ROWS = 2_000
_TABLES = ("event_before", "event")  # PostgreSQL's from before version 7, not yet taken into the other; everybody's
_ROWS = (
    "SELECT arrival, device, epoch, lane, seq, kind, wall_ms, synchronised, boot, mono_ms, body, hash, received_ms"
    " FROM {table} WHERE arrival > ? ORDER BY arrival LIMIT ?"
)
_DIGEST = "SELECT hash FROM {table} WHERE device = ? AND epoch = ? AND lane = ? AND seq = ?"

Row = tuple[Event, bytes, int]  # with its hash and when it was received


def received_last_ms(connection: Connection) -> int | None:
    """Of what there is to carry over; None when there is nothing."""
    newest = [connection.fetch(f"SELECT MAX(received_ms) FROM {table}")[0][0] for table in _tables(connection)]
    return max((int(at_ms) for at_ms in newest if at_ms is not None), default=None)


def repack(connection: Connection) -> None:
    """Inside migrate's transaction. Once it is done, it finds nothing any more."""
    tables = _tables(connection)
    for table in tables:
        for before, rows in _batches(connection, table, tables):
            _keep(connection, before, rows)
    if not tables:
        return
    connection.execute("DROP VIEW event_key" if not connection.is_postgresql else "DROP TABLE event_key")
    for table in tables:
        connection.execute(f"DROP TABLE {table}")
    if connection.is_postgresql:
        connection.execute("DROP SEQUENCE event_arrival")


def _tables(connection: Connection) -> list[str]:
    if connection.is_postgresql:
        found = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND oid = to_regclass(?)"
    else:
        found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?"
    return [table for table in _TABLES if connection.fetch(found, table)]


def _batches(connection: Connection, table: str, tables: list[str]) -> Iterator[tuple[bytes, list[Row]]]:
    """Rows that arrived one after the other and follow one another in one stream; and the hash before them.

    It is empty where what stood before never came or the chain does not hold, and then there is one row.
    """
    before, batch = b"", list[Row]()
    for row in _all(connection, table):
        if not batch or not before or not _fits(batch, row):
            if batch:
                yield before, batch
            before, batch = _before(connection, row, tables), []
        batch.append(row)
    if batch:
        yield before, batch


def _all(connection: Connection, table: str) -> Iterator[Row]:
    after = -1
    while rows := connection.fetch(_ROWS.format(table=table), after, _READ_ROWS):
        for arrival, device, epoch, lane, seq, kind, wall_ms, synchronised, boot, mono_ms, body, digest, at_ms in rows:
            moment = Moment(wall_ms, bool(synchronised), boot, mono_ms)
            yield Event(device, epoch, Lane(lane), seq, kind, moment, bytes(body)), bytes(digest), at_ms
            after = arrival


def _fits(batch: list[Row], row: Row) -> bool:
    event, digest, received_ms = batch[-1]
    if received_ms != row[2] or _stream(event) != _stream(row[0]) or not follows(event.seq, row[0]):
        return False
    size = sum(len(event.body) for event, _, _ in batch) + len(row[0].body)
    return len(batch) < EVENTS_A_MESSAGE and size <= BODIES_A_MESSAGE_BYTES and hash_with(digest, row[0]) == row[1]


def _stream(event: Event) -> Stream:
    return event.device, event.epoch, event.lane


def _keep(connection: Connection, before: bytes, rows: list[Row]) -> None:
    events, received_ms = [event for event, _, _ in rows], rows[0][2]
    batch = batch_of(before or START_HASH, events, 0)
    hashes = [digest for _, digest, _ in rows]
    segments.insert(
        connection, Delivery(pack(encode(batch)), batch, events, before, hashes, received_ms), range(len(events))
    )


def _before(connection: Connection, row: Row, tables: list[str]) -> bytes:
    event, digest, _ = row
    found = [START_HASH] if event.seq == 1 else []
    for table in tables:
        key: tuple[Any, ...] = (event.device, event.epoch, event.lane.value, event.seq - 1)
        found += [bytes(held) for (held,) in connection.fetch(_DIGEST.format(table=table), *key)]
    return next((before for before in found if hash_with(before, event) == digest), b"")
