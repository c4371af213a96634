"""Events as they are kept: whole messages, and an index of which numbers of which stream lie in which.

A row for each event was four times as slow and ten times as large, and it was the kiosk's word copied by us; a message
is the kiosk's own, signed. A *segment* is a run of consecutive numbers of one stream inside one message: usually all of
them. Where a batch brings what is partly known, each run of new ones is a segment of its own, with the same message; a
gap is one by itself. So segments of a stream never overlap, and a number is known when its segment is.

Two tables in both databases: `segment` is small, has the key and answers whether an event is here; `segment_body` holds
the messages and is what PostgreSQL partitions by the month of receipt (see `partitions`). Where a month was retired its
events are still known, only not what they said.

The number of a segment gives its events their place among all events of this central, their `arrival`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from kiosk.core.event import Event
from kiosk.core.gap import GAP_KIND, hash_with
from sync.central.store.database import Connection
from sync.central.store.delivery import Delivery, Stream, events_in
from sync.central.store.holes import Holes
from sync.wire.messages import EVENTS_LIMIT

PLACES = 1_024  # arrival numbers a segment has
assert PLACES >= EVENTS_LIMIT

_COLUMNS_OF_KEY = "device, epoch, lane, first_seq, last_seq, is_gap, before_hash, received_ms"
_INSERT = f"INSERT INTO segment ({_COLUMNS_OF_KEY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number"
_INSERT_BODY = "INSERT INTO segment_body (number, received_ms, message) VALUES (?, ?, ?)"
# For PostgreSQL, in one round trip: an alert waits for each.
_INSERT_BOTH = (
    f"WITH kept AS ({_INSERT}, received_ms)"
    " INSERT INTO segment_body (number, received_ms, message) SELECT number, received_ms, ? FROM kept"
)
_OF_STREAM = "s.device = ? AND s.epoch = ? AND s.lane = ?"
# The last segment that begins at or before the first wanted number may reach into it; none before that one can.
_FROM = f"s.first_seq >= COALESCE((SELECT MAX(first_seq) FROM segment s WHERE {_OF_STREAM} AND s.first_seq <= ?), 0)"
_INDEX = f"FROM segment s WHERE {_OF_STREAM} AND {_FROM} AND s.last_seq >= ? AND s.first_seq <= ?"
_BODY = "segment_body b ON b.number = s.number AND b.received_ms = s.received_ms"
_COLUMNS = "s.number, s.device, s.epoch, s.lane, s.first_seq, s.last_seq, s.before_hash, s.received_ms, b.message"
_WITH_BODIES = (
    f"SELECT {_COLUMNS} FROM segment s LEFT JOIN {_BODY}"
    f" WHERE {_OF_STREAM} AND {_FROM} AND s.last_seq >= ? AND s.first_seq <= ? ORDER BY s.first_seq LIMIT ?"
)
_RANGES = f"SELECT s.first_seq, s.last_seq, s.is_gap {_INDEX}"
NEWEST = f"FROM segment s WHERE {_OF_STREAM} ORDER BY s.first_seq DESC LIMIT 1"
_ARRIVED = f"SELECT {_COLUMNS} FROM segment s JOIN {_BODY} WHERE s.number >= ? ORDER BY s.number LIMIT 1"
_ALL = 2**62


class Kept(msgspec.Struct, frozen=True):
    """One event as it is kept. `hash` is empty where the chain before it was never known."""

    arrival: int
    event: Event
    hash: bytes
    received_ms: int


def insert(connection: Connection, delivery: Delivery, new: Sequence[int]) -> None:
    """Keeps those events of the delivery whose places are in `new` (ascending); none of them is known.

    Raises peewee.IntegrityError when a run begins where one did before. `Partitions.make_ready` was called for the time
    of receipt, before this transaction.
    """
    device, epoch, lane = delivery.stream
    for run in _runs(delivery.events, new):
        first, last = delivery.events[run[0]], delivery.events[run[-1]]
        before = delivery.hashes[run[0] - 1] if run[0] else delivery.before
        row = (device, epoch, lane.value, first.seq, last.seq, first.kind == GAP_KIND, before, delivery.received_ms)
        if connection.is_postgresql:
            connection.change(_INSERT_BOTH, *row, delivery.message)
        else:
            ((number,),) = connection.fetch(_INSERT, *row)
            connection.change(_INSERT_BODY, number, delivery.received_ms, delivery.message)


def known_hashes(connection: Connection, stream: Stream, first: int, last: int) -> dict[int, bytes | None]:
    """By number, of those from first to last that are here; None where nobody can say it any more."""
    found: dict[int, bytes | None] = {}
    for row in _rows(connection, stream, first, last, _ALL):
        if row[8] is None:
            found |= dict.fromkeys(range(row[4], row[5] + 1))
        else:
            found |= {kept.event.seq: kept.hash or None for kept in _kept(row)}
    return {seq: digest for seq, digest in found.items() if first <= seq <= last}


def any_after(connection: Connection, stream: Stream, seq: int) -> bool:
    newest = connection.fetch(f"SELECT s.last_seq {NEWEST}", *_key(stream))
    return bool(newest) and newest[0][0] > seq


def walk(connection: Connection, stream: Stream, after: int) -> Iterator[list[Kept]]:
    """The events behind a number in order, a segment at a time."""
    at = after + 1
    while rows := _rows(connection, stream, at, _ALL, 1):
        if rows[0][8] is not None:
            yield [kept for kept in _kept(rows[0]) if kept.event.seq >= at]
        at = rows[0][5] + 1


def count_but_gaps(connection: Connection, stream: Stream, first: int, last: int) -> int:
    """How many from first to last are here and no gaps."""
    ranges = connection.fetch(_RANGES, *_key(stream), *_key(stream), first, first, last)
    return sum(min(last, end) - max(first, begin) + 1 for begin, end, is_gap in ranges if not is_gap)


def arrived(connection: Connection, after: int, limit: int, holes: Holes) -> list[Kept]:
    """Events in order of arrival, after the arrival number `after`; a reader that follows them misses none."""
    found: list[Kept] = []
    number = max(0, after) // PLACES  # of which a part may have been read
    expected = number + 1
    while len(found) < limit and (rows := connection.fetch(_ARRIVED, number)):
        row = rows[0]
        if row[0] > expected:
            if holes.may_fill(connection, row[0]):
                break
            row = connection.fetch(_ARRIVED, number)[0]  # it may have been filled just before nobody was left to do so
        found += [kept for kept in _kept(row) if kept.arrival > after]
        number = expected = row[0] + 1
    return found[:limit]


def _rows(connection: Connection, stream: Stream, first: int, last: int, limit: int) -> list[tuple[Any, ...]]:
    return connection.fetch(_WITH_BODIES, *_key(stream), *_key(stream), first, first, last, limit)


def _kept(row: tuple[Any, ...]) -> list[Kept]:
    number, device, _, _, first, last, before, received_ms, message = row
    found, held = list[Kept](), bytes(before)
    for event in events_in(device, bytes(message)):
        if first <= event.seq <= last:
            # Nothing can be computed from a chain that is not known, but a gap names its own hash.
            held = hash_with(held, event) if held or event.kind == GAP_KIND else b""
            found.append(Kept(number * PLACES + len(found), event, held, received_ms))
    return found


def _runs(events: Sequence[Event], places: Sequence[int]) -> list[list[int]]:
    """Places of events with consecutive numbers, together; a gap by itself."""
    runs: list[list[int]] = []
    for place in places:
        event, last = events[place], events[runs[-1][-1]] if runs else None
        if last is not None and last.seq + 1 == event.seq and GAP_KIND not in (last.kind, event.kind):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _key(stream: Stream) -> tuple[str, str, str]:
    device, epoch, lane = stream
    return device, epoch, lane.value
