"""A site's journal with many tickets in it, as a kiosk without a network would have left it.

The first ticket is issued by `kiosk.store` itself; the others get the same body, fields and chain by direct inserts,
because a million separate commits with synchronous=FULL would take an hour and measure only that. A filled file is
made once and copied for every run.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core.clock import ManualClock, Moment, local_time
from kiosk.core.desk import Desk
from kiosk.core.event import Event, Lane, canonical_json, chain_hash
from kiosk.core.ids import new_track_code, track_hash, uuid7
from kiosk.core.ticket import TicketAction
from kiosk.store import journal, queue, tickets, visits
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate

UTC_OFFSET_H = 7
SERVICES = ("surat-keterangan-usaha", "surat-keterangan-domisili", "surat-pengantar-skck", "pengaduan")
SERIES = "ABCD"
SECONDS_BETWEEN_TICKETS = (2, 70)
DESKS = [
    Desk(at, name, frozenset(SERVICES), frozenset(SERVICES)) for at, name in ((1, "Siti Aminah"), (2, "Budi Santoso"))
]
SHARE_CALLED = 0.55


def fill(path: Path, device: str, count: int, seed: int = 1) -> None:
    """Makes the database of `device` at `path`: `count` events wait in the service lane, nearly all `ticket.issued`."""
    migrate(path, device)
    clock = ManualClock()
    store = open_store(path, clock)
    try:
        tickets.issue(store, SERVICES[0], SERIES[0], UTC_OFFSET_H, None, None)
        first = journal.events(store, Lane.SERVICE, 0, 10)[-1]  # the day was opened before it
        assert first.kind == "ticket.issued", "a ticket ends with another event by now"
        held = journal.hash_after(store, Lane.SERVICE, first.seq)
    finally:
        store.close()
    with closing(sqlite3.connect(path)) as connection:
        rows = _rows(first, held, count, random.Random(seed))
        connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute(
            "UPDATE stream SET last_seq = (SELECT MAX(seq) FROM journal WHERE lane = 'service'),"
            " last_hash = (SELECT hash FROM journal WHERE lane = 'service' ORDER BY seq DESC LIMIT 1)"
            " WHERE lane = 'service'"
        )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill_days(path: Path, device: str, count: int, seed: int = 1) -> None:
    """Makes the database of `device` at `path` with `count` tickets drawn, called, started and served at two counters.

    All of it by `kiosk.store`; only that nothing is synced while the file is made.
    """
    migrate(path, device)
    clock, chance = ManualClock(), random.Random(seed)
    store = open_store(path, clock)
    at_counter: dict[int, str] = {}
    day: str | None = None
    try:
        store.database.execute_sql("PRAGMA synchronous=off")  # type: ignore[no-untyped-call]
        for _ in range(count):
            clock.advance(chance.uniform(*SECONDS_BETWEEN_TICKETS))
            at = chance.randrange(len(SERIES))
            tickets.issue(store, SERVICES[at], SERIES[at], UTC_OFFSET_H, None, None)
            if tickets.today(store) != day:  # a new day has ended whatever was still at a counter
                day = tickets.today(store)
                at_counter.clear()
            for desk in DESKS:
                clock.advance(chance.uniform(1, 20))
                if desk.counter in at_counter:
                    visits.finish(store, at_counter.pop(desk.counter), desk)
                if chance.random() < SHARE_CALLED and tickets.waiting_count(store, str(tickets.today(store))):
                    ticket, _ = queue.call_next(store, desk)
                    clock.advance(chance.uniform(3, 15))
                    queue.act(store, ticket.id, TicketAction.START, desk)
                    at_counter[desk.counter] = ticket.id
    finally:
        store.close()


def _rows(first: Event, held: bytes, count: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    body = msgspec.json.decode(first.body, type=dict[str, Any])
    moment, ordinals = first.moment, {SERIES[0]: 1}
    for seq in range(first.seq + 1, count + 1):
        step_ms = chance.randint(*SECONDS_BETWEEN_TICKETS) * 1000 + chance.randrange(1000)
        moment = Moment(moment.wall_ms + step_ms, True, moment.boot, moment.mono_ms + step_ms)
        day = local_time(moment.wall_ms, UTC_OFFSET_H).date().isoformat()
        if day != body["day"]:
            ordinals.clear()
        at = chance.randrange(len(SERIES))
        series = SERIES[at]
        ordinal = ordinals[series] = ordinals.get(series, 0) + 1
        said = {"id": uuid7(moment.wall_ms), "series": series, "ordinal": ordinal, "day": day}
        said |= {"number": f"{series}-{ordinal:03d}", "service": SERVICES[at]}
        said |= {"track_hash": track_hash(new_track_code())}
        assert said.keys() == body.keys(), "an issued ticket has other fields by now"
        body = said
        event = Event(first.device, first.epoch, first.lane, seq, first.kind, moment, canonical_json(body))
        held = chain_hash(held, event)
        yield (
            *(event.epoch, event.lane.value, seq, event.kind, moment.wall_ms, True, moment.boot, moment.mono_ms),
            *(event.body, held),
        )
