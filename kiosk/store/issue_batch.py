"""Numbers drawn together: every wish of a batch gets its ticket, journal row, key and print job in one transaction.

What all of them need is read once (day, blocks, arrivals, how many wait) and written with one statement a table, so a
ticket among twenty costs a third of one alone. A wish that must be refused is refused by itself before anything is
written for it. Who gathers batches is `kiosk.store.issuer`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput
from kiosk.core.event import Lane
from kiosk.core.ids import new_track_code, track_code_from, track_hash, uuid7
from kiosk.core.numbering import Block, next_block
from kiosk.core.ticket import Ticket, TicketState
from kiosk.core.waiting import Wait
from kiosk.store.database import Store
from kiosk.store.journal import record_all

KEY_LIMIT = 128


class Issued(msgspec.Struct, frozen=True):
    """A ticket as its resident gets it; `track` is known only now, the database keeps its hash."""

    ticket: Ticket
    track: str
    ahead: int


Slip = Callable[[Issued], bytes]
Estimate = Callable[[int], Wait]


class Wish(msgspec.Struct, frozen=True):
    """A number to draw. `pool`: the services whose waiting people come before this one (none: all of them); `estimate`
    promises a wait to somebody with so many ahead, kept beside the ticket to be measured; `slip` renders what is
    printed, nothing without it. Raises BadInput for a key without length or over 128 characters."""

    service: str
    series: str
    key: str | None = None
    slip: Slip | None = None
    pool: frozenset[str] = frozenset()
    estimate: Estimate | None = None

    def __post_init__(self) -> None:
        if self.key is not None and not 1 <= len(self.key) <= KEY_LIMIT:
            raise BadInput(f"Idempotency-Key harus 1 sampai {KEY_LIMIT} huruf")


def key_hash(key: str) -> bytes:
    return hashlib.sha256(b"kentongan key 1:" + key.encode()).digest()


def draw_all(store: Store, day: str, wishes: Sequence[Wish]) -> list[Issued]:
    """One ticket a wish, in this order; only inside `store.write()`."""
    at = store.now()
    row = store.one("SELECT arrivals, carried_in FROM business_day WHERE day = ?", day)
    arrived, carried_in = row if row else (0, 0)
    ordinals = _draw(store, day, Counter(wish.series for wish in wishes), bool(carried_in))
    waiting = Counter[str](dict(store.all("SELECT service, people FROM waiting_now")))
    rows, told, keys = list[tuple[object, ...]](), list[tuple[str, dict[str, object]]](), list[tuple[object, ...]]()
    issued_all = list[Issued]()
    for wish in wishes:
        arrived += 1
        ordinal, salt = ordinals[wish.series].pop(0), secrets.token_bytes(16)
        track = new_track_code() if wish.key is None else track_code_from(salt, wish.key)
        hashed = track_hash(track)
        ahead = sum(waiting[service] for service in wish.pool) if wish.pool else waiting.total()
        ticket = Ticket(
            uuid7(at.wall_ms), day, wish.series, ordinal, wish.service, TicketState.WAITING, at.wall_ms, arrived
        )
        wait = wish.estimate(ahead) if wish.estimate is not None else None
        promised = (wait.min_min, wait.max_min) if wait is not None else (None, None)
        rows.append(
            (
                *(ticket.id, day, day, wish.series, ordinal, wish.service, "waiting", hashed, at.wall_ms, arrived),
                *(at.boot, at.mono_ms, *promised),
            )
        )
        body = {"id": ticket.id, "number": ticket.number, "series": wish.series, "ordinal": ordinal, "day": day}
        told.append(("ticket.issued", {**body, "service": wish.service, "track_hash": hashed}))
        if wish.key is not None:
            keys.append((key_hash(wish.key), wish.service, ticket.id, salt, ahead, at.wall_ms))
        waiting[wish.service] += 1
        issued_all.append(Issued(ticket, track, ahead))
    _insert(store, rows, keys)
    record_all(store, Lane.SERVICE, told)
    _close_books(store, day, arrived, at)
    for wish, issued in zip(wishes, issued_all, strict=True):
        if wish.slip is not None:
            _queue_print(store, issued.ticket.id, wish.slip(issued), at.wall_ms)
    return issued_all


def _insert(store: Store, rows: list[tuple[object, ...]], keys: list[tuple[object, ...]]) -> None:
    store.run_many(
        "INSERT INTO ticket (id, day, queue_day, series, ordinal, service, state, track_hash, issued_ms, arrived, boot,"
        " mono_ms, promised_min, promised_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    store.run_many(
        "INSERT INTO idempotency (key_hash, service, ticket_id, salt, ahead, at_ms) VALUES (?, ?, ?, ?, ?, ?)", keys
    )


def _close_books(store: Store, day: str, arrived: int, at: Moment) -> None:
    store.run(
        "UPDATE business_day SET arrivals = ?, boot = ?, mono_ms = ? WHERE day = ?", arrived, at.boot, at.mono_ms, day
    )


def _draw(store: Store, day: str, wanted: Counter[str], has_carried: bool) -> dict[str, list[int]]:
    """So many ordinals of each series, in order; numbers that are still open from a day before are left out."""
    return {series: _of_series(store, day, series, count, has_carried) for series, count in wanted.items()}


def _of_series(store: Store, day: str, series: str, count: int, has_carried: bool) -> list[int]:
    row = store.one(
        "SELECT first, last, next FROM number_block WHERE day = ? AND series = ? ORDER BY first DESC LIMIT 1",
        *(day, series),
    )
    block = Block(*row) if row else None
    taken = _carried(store, day, series) if has_carried else frozenset[int]()
    drawn = list[int]()
    while True:
        if block is None or block.next > block.last:
            block = next_block(block.last if block else 0)
            store.run(
                "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, ?, ?, ?)",
                *(day, series, block.first, block.last, block.next),
            )
        here = [ordinal for ordinal in range(block.next, block.last + 1) if ordinal not in taken]
        part = here[: count - len(drawn)]
        drawn += part
        block = msgspec.structs.replace(block, next=part[-1] + 1 if len(drawn) == count else block.last + 1)
        store.run(
            "UPDATE number_block SET next = ? WHERE day = ? AND series = ? AND first = ?",
            *(block.next, day, series, block.first),
        )
        if len(drawn) == count:
            return drawn


def _carried(store: Store, day: str, series: str) -> frozenset[int]:
    rows = store.all(
        "SELECT ordinal FROM ticket WHERE queue_day = ? AND day <> ? AND series = ?"
        " AND state NOT IN ('served', 'ended')",
        *(day, day, series),
    )
    return frozenset(row[0] for row in rows)


def _queue_print(store: Store, ticket_id: str, data: bytes, at_ms: int) -> None:
    row = store.one("SELECT MAX(id) FROM print_job")
    newest = row[0] or "" if row else ""
    store.run(
        "INSERT INTO print_job (id, ticket_id, state, bytes, sha256, queued_ms) VALUES (?, ?, 'queued', ?, ?, ?)",
        *(uuid7(at_ms, after=newest), ticket_id, data, hashlib.sha256(data).hexdigest(), at_ms),
    )
