"""Events as rows: where they are written and how they are found by key, alike over both databases.

PostgreSQL has two tables, keys and bodies (see `partitions` and migration 7), written by one COPY each with the arrival
numbers taken beforehand; SQLite has one table and a view of its keys. Keys answer by themselves whether an event is
here; a body is found by its key's arrival number and time of receipt, which leads to one partition and one index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kiosk.core.clock import Moment
from kiosk.core.event import Event, Lane
from kiosk.core.gap import GAP_KIND
from sync.central.store.database import Connection

_BODY_COLUMNS = {
    "device": "text",
    "epoch": "text",
    "lane": "text",
    "seq": "int8",
    "kind": "text",
    "wall_ms": "int8",
    "synchronised": "bool",
    "boot": "text",
    "mono_ms": "int8",
    "body": "bytea",
    "hash": "bytea",
    "received_ms": "int8",
}
_NUMBERED_COLUMNS = _BODY_COLUMNS | {"arrival": "int8"}
_KEY_COLUMNS = {name: _NUMBERED_COLUMNS[name] for name in ("device", "epoch", "lane", "seq")} | {
    "hash": "bytea",
    "received_ms": "int8",
    "arrival": "int8",
}
_NUMBERS = "SELECT nextval('event_arrival') FROM generate_series(1, ?)"
_OF_STREAM = "k.device = ? AND k.epoch = ? AND k.lane = ?"
_BODY = "event e ON e.arrival = k.arrival AND e.received_ms = k.received_ms"
_KNOWN = f"SELECT seq, hash FROM event_key k WHERE {_OF_STREAM} AND seq BETWEEN ? AND ?"
_LATER = f"SELECT 1 FROM event_key k WHERE {_OF_STREAM} AND seq > ? LIMIT 1"
_WALK = (
    "SELECT e.seq, e.kind, e.wall_ms, e.synchronised, e.boot, e.mono_ms, e.body, e.hash"
    f" FROM event_key k JOIN {_BODY} WHERE {_OF_STREAM} AND k.seq > ? ORDER BY k.seq LIMIT ?"
)
# A body that is retired was no gap for all we know.
_COUNT = (
    f"SELECT COUNT(*) FROM event_key k LEFT JOIN {_BODY}"
    f" WHERE {_OF_STREAM} AND k.seq BETWEEN ? AND ? AND COALESCE(e.kind, '') <> ?"
)

Stream = tuple[str, str, Lane]
EventColumns = tuple[Any, ...]


def columns(event: Event, digest: bytes, received_ms: int) -> EventColumns:
    at = event.moment
    key = (event.device, event.epoch, event.lane.value, event.seq)
    return (*key, event.kind, at.wall_ms, at.synchronised, at.boot, at.mono_ms, event.body, digest, received_ms)


def insert(connection: Connection, rows: Sequence[EventColumns]) -> None:
    """Rows of `columns` that are not known yet; raises peewee.IntegrityError when one is.

    `Partitions.make_ready` was called for their time of receipt, before this transaction.
    """
    if not rows:
        return
    if not connection.is_postgresql:
        connection.append("event", _BODY_COLUMNS, rows)
        return
    arrivals = [arrival for (arrival,) in connection.fetch(_NUMBERS, len(rows))]
    keys = [(*row[:4], *row[10:12], arrival) for row, arrival in zip(rows, arrivals, strict=True)]
    connection.append("event_key", _KEY_COLUMNS, keys)
    numbered = [(*row, arrival) for row, arrival in zip(rows, arrivals, strict=True)]
    connection.append("event", _NUMBERED_COLUMNS, numbered)


def known_hashes(connection: Connection, stream: Stream, first: int, last: int) -> dict[int, bytes]:
    """By number, of those from first to last that are here."""
    return {int(seq): bytes(digest) for seq, digest in connection.fetch(_KNOWN, *_key(stream), first, last)}


def any_after(connection: Connection, stream: Stream, seq: int) -> bool:
    return bool(connection.fetch(_LATER, *_key(stream), seq))


def walk(connection: Connection, stream: Stream, after: int, limit: int) -> list[tuple[Event, bytes]]:
    """The next events in order, with their hashes."""
    found = []
    for row in connection.fetch(_WALK, *_key(stream), after, limit):
        seq, kind, wall_ms, synchronised, boot, mono_ms, body, digest = row
        at = Moment(wall_ms, bool(synchronised), boot, mono_ms)
        found.append((Event(*stream, seq, kind, at, bytes(body)), bytes(digest)))
    return found


def count_but_gaps(connection: Connection, stream: Stream, first: int, last: int) -> int:
    """How many from first to last are here and no gaps."""
    return int(connection.fetch(_COUNT, *_key(stream), first, last, GAP_KIND)[0][0])


def _key(stream: Stream) -> tuple[str, str, str]:
    device, epoch, lane = stream
    return device, epoch, lane.value
