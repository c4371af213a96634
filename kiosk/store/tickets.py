"""Tickets on disk: a number drawn from its block, the ticket, its journal row, its idempotency key and its print job in
one transaction. A number that a resident has seen was committed before the answer left.

The tracking code is kept only as a hash. A retry must print the same code, so it is derived from the resident's own
Idempotency-Key and a stored salt: without the key, of which only a hash is kept, the database tells no code.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.core.clock import local_time
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import new_track_code, track_code_from, track_hash, uuid7
from kiosk.core.numbering import Block, business_day, next_block
from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.database import Store
from kiosk.store.day_marks import mark_day
from kiosk.store.journal import record
from kiosk.store.print_jobs import forget_paper
from kiosk.store.room import require_room

COLUMNS = "id, day, series, ordinal, service, state, issued_ms, arrived, counter, called_ms, calls"
_KEY_LIMIT = 128


class Issued(msgspec.Struct, frozen=True):
    """A ticket as its resident gets it; `track` is known only now, the database keeps its hash."""

    ticket: Ticket
    track: str
    ahead: int


Slip = Callable[[Issued], bytes]


def ticket_of(row: tuple[Any, ...]) -> Ticket:
    ticket_id, day, series, ordinal, service, state, *rest = row
    return Ticket(ticket_id, day, series, ordinal, service, TicketState(state), *rest)


def open_day(store: Store, utc_offset_h: int) -> str:
    """The business day now, opening it when the local date has advanced; only inside `store.write()`."""
    at = store.now()
    row = store.one("SELECT MAX(day) FROM business_day")
    held = row[0] if row else None
    day = business_day(held, local_time(at.wall_ms, utc_offset_h).date())
    if day != held:
        store.run("INSERT INTO business_day (day, opened_ms) VALUES (?, ?)", day, at.wall_ms)
        mark_day(store, day)
        record(store, Lane.SERVICE, "day.opened", {"day": day})
        forget_paper(store)
    return day


def today(store: Store) -> str | None:
    """The open business day, or None before the first ticket ever."""
    row = store.one("SELECT MAX(day) FROM business_day")
    return row[0] if row else None


def _draw(store: Store, day: str, series: str) -> int:
    row = store.one(
        "SELECT first, last, next FROM number_block WHERE day = ? AND series = ? ORDER BY first DESC LIMIT 1",
        day,
        series,
    )
    block = Block(*row) if row else None
    if block is None or block.next > block.last:
        block = next_block(block.last if block else 0)
        store.run(
            "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, ?, ?, ?)",
            *(day, series, block.first, block.last, block.next),
        )
    store.run(
        "UPDATE number_block SET next = next + 1 WHERE day = ? AND series = ? AND first = ?", day, series, block.first
    )
    return block.next


def issue(store: Store, service: str, series: str, utc_offset_h: int, key: str | None, slip: Slip | None) -> Issued:
    """Draws the next number of a series and commits the ticket; returns after it is on disk.

    `key` (Idempotency-Key, at most 128 characters): the same key and service again give the same ticket, so that a
    retry after a power cut is no second ticket; with another service it is refused with Conflict. `slip` renders what
    the printer gets, queued in the same transaction; without it nothing is printed. Raises NoRoom when only the reserve
    of the disk is left.
    """
    if key is not None and not 1 <= len(key) <= _KEY_LIMIT:
        raise BadInput(f"Idempotency-Key harus 1 sampai {_KEY_LIMIT} huruf")
    with store.write():
        if key is not None and (known := _known(store, key, service)) is not None:
            return known
        require_room(store)
        at = store.now()
        day = open_day(store, utc_offset_h)
        ordinal = _draw(store, day, series)
        salt = secrets.token_bytes(16)
        track = new_track_code() if key is None else track_code_from(salt, key)
        ahead = waiting_count(store, day)
        ticket = Ticket(uuid7(at.wall_ms), day, series, ordinal, service, TicketState.WAITING, at.wall_ms, 0)
        ticket = msgspec.structs.replace(ticket, arrived=_next_arrival(store, day))
        hashed = track_hash(track)
        store.run(
            "INSERT INTO ticket (id, day, series, ordinal, service, state, track_hash, issued_ms, arrived)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(ticket.id, day, series, ordinal, service, ticket.state.value, hashed, at.wall_ms, ticket.arrived),
        )
        body = {"id": ticket.id, "number": ticket.number, "series": series, "ordinal": ordinal, "day": day}
        record(store, Lane.SERVICE, "ticket.issued", {**body, "service": service, "track_hash": hashed})
        issued = Issued(ticket, track, ahead)
        if key is not None:
            store.run(
                "INSERT INTO idempotency (key_hash, service, ticket_id, salt, ahead, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
                *(_key_hash(key), service, ticket.id, salt, ahead, at.wall_ms),
            )
        if slip is not None:
            _queue_print(store, ticket.id, slip(issued), at.wall_ms)
        return issued


def _queue_print(store: Store, ticket_id: str, data: bytes, at_ms: int) -> None:
    row = store.one("SELECT MAX(id) FROM print_job")
    newest = row[0] or "" if row else ""
    store.run(
        "INSERT INTO print_job (id, ticket_id, state, bytes, sha256, queued_ms) VALUES (?, ?, 'queued', ?, ?, ?)",
        *(uuid7(at_ms, after=newest), ticket_id, data, hashlib.sha256(data).hexdigest(), at_ms),
    )


def _next_arrival(store: Store, day: str) -> int:
    row = store.one("SELECT MAX(arrived) FROM ticket WHERE day = ?", day)
    return 1 + (row[0] or 0 if row else 0)


def _known(store: Store, key: str, service: str) -> Issued | None:
    row = store.one("SELECT service, ticket_id, salt, ahead FROM idempotency WHERE key_hash = ?", _key_hash(key))
    if row is None:
        return None
    if row[0] != service:
        raise Conflict("Idempotency-Key ini sudah dipakai untuk layanan lain: pakai kunci baru")
    return Issued(find(store, row[1]), track_code_from(bytes(row[2]), key), row[3])


def _key_hash(key: str) -> bytes:
    return hashlib.sha256(b"kentongan key 1:" + key.encode()).digest()


def find(store: Store, ticket_id: str) -> Ticket:
    row = store.one(f"SELECT {COLUMNS} FROM ticket WHERE id = ?", ticket_id)
    if row is None:
        raise NotFound("nomor antrean ini tidak ada")
    return ticket_of(row)


def find_by_track(store: Store, hashed: str) -> Ticket:
    row = store.one(f"SELECT {COLUMNS} FROM ticket WHERE track_hash = ?", hashed)
    if row is None:
        raise NotFound("Kode itu belum dikenal di sini. Periksa lagi di tiket Anda.")
    return ticket_of(row)


def waiting_count(store: Store, day: str) -> int:
    row = store.one("SELECT COUNT(*) FROM ticket WHERE day = ? AND state = 'waiting'", day)
    return int(row[0]) if row else 0


def ahead_of(store: Store, ticket: Ticket) -> int:
    """How many wait before this ticket (0 when it does not wait)."""
    if ticket.state is not TicketState.WAITING:
        return 0
    row = store.one(
        "SELECT COUNT(*) FROM ticket WHERE day = ? AND state = 'waiting' AND arrived < ?", ticket.day, ticket.arrived
    )
    return int(row[0]) if row else 0


def of_day(store: Store, day: str, state: TicketState | None = None, limit: int = 500) -> list[Ticket]:
    """Tickets of a day in order of arrival, all or of one state."""
    rows = store.all(
        f"SELECT {COLUMNS} FROM ticket WHERE day = ? AND (? IS NULL OR state = ?) ORDER BY arrived LIMIT ?",
        *(day, state, state, limit),
    )
    return [ticket_of(row) for row in rows]


def recent_visit_minutes(store: Store, day: str, limit: int = 20) -> list[float]:
    """Service minutes of the last visits that ended today, newest last; no visit at a counter lasts four hours, so a
    longer one is a clock that was put right meanwhile."""
    rows = store.all(
        "SELECT (ended_ms - COALESCE(started_ms, called_ms)) / 60000.0 FROM ticket WHERE day = ? AND state = 'served'"
        " AND ended_ms - COALESCE(started_ms, called_ms) BETWEEN 0 AND 14400000 ORDER BY ended_ms DESC LIMIT ?",
        *(day, limit),
    )
    return [float(row[0]) for row in reversed(rows)]
