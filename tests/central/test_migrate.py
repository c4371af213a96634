"""A database with rows in it, raised from an earlier schema: nothing is lost, and what is known is put to use."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module

import pytest

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane, chain_hash
from sync.central.store import migrate, open_central
from sync.central.store.database import Database
from sync.central.store.migrate import migrations
from tests.central.stories import DEVICE, EPOCH, NOW_MS, PUBLIC_KEY, SITE, delivered

MONTH_MS = 31 * 86_400_000
BEFORE_CLOCKS = 5
_INSERT = (
    "INSERT INTO event (device, epoch, lane, seq, kind, wall_ms, synchronised, boot, mono_ms, body, hash, received_ms)"
    " VALUES (?, ?, 'service', ?, 'weather.seen', ?, ?, ?, ?, ?, ?, ?)"
)


def history() -> list[tuple[Event, bytes]]:
    """Two boots; the first became synchronised with its third event, the second never."""
    moments = [Moment(mono_ms, False, "first", mono_ms) for mono_ms in (10_000, 20_000)]
    moments += [Moment(NOW_MS + 30_000, True, "first", 30_000), Moment(1_000, False, "second", 1_000)]
    found, before = [], START_HASH
    for seq, at in enumerate(moments, start=1):
        event = Event(DEVICE, EPOCH, Lane.SERVICE, seq, "weather.seen", at, b"{}")
        before = chain_hash(before, event)
        found.append((event, before))
    return found


def old_database(url: str, monkeypatch: pytest.MonkeyPatch, version: int) -> list[tuple[Event, bytes]]:
    """A database of that version, in which the history was received over three months."""
    with monkeypatch.context() as patch:
        known = [(number, sql) for number, sql in migrations() if number <= version]
        patch.setattr(import_module("sync.central.store.migrate"), "migrations", lambda: known)
        migrate(url)
    rows = history()
    with closing(Database(url)) as database, database.write() as connection:
        for event, digest in rows:
            at = event.moment
            moment = (at.wall_ms, at.synchronised, at.boot, at.mono_ms)
            received_ms = NOW_MS + event.seq * MONTH_MS
            connection.run_many(_INSERT, [(DEVICE, EPOCH, event.seq, *moment, event.body, digest, received_ms)])
        stream = "INSERT INTO stream (device, epoch, lane, committed_through, head_hash) VALUES (?, ?, 'service', ?, ?)"
        connection.run_many(stream, [(DEVICE, EPOCH, len(rows), rows[-1][1])])
    return rows


def test_a_database_with_rows_keeps_them_all_and_gets_the_times_that_it_can_tell(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = old_database(database_url, monkeypatch, BEFORE_CLOCKS)
    migrate(database_url)
    with closing(open_central(database_url)) as store:
        kept = store.events()
        assert [(event.seq, event.hash, event.body) for event in kept] == [
            (event.seq, digest, event.body) for event, digest in rows
        ]
        assert [event.received_ms for event in kept] == [NOW_MS + event.seq * MONTH_MS for event, _ in rows]
        assert [event.true_ms for event in kept] == [NOW_MS + 10_000, NOW_MS + 20_000, NOW_MS + 30_000, None]


def test_a_raised_database_knows_what_it_holds_and_goes_on(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = old_database(database_url, monkeypatch, BEFORE_CLOCKS)
    migrate(database_url)
    with closing(open_central(database_url)) as store:
        store.enrol(DEVICE, PUBLIC_KEY, SITE)
        at = Moment(NOW_MS + 5 * MONTH_MS, True, "second", 60_000)
        event = Event(DEVICE, EPOCH, Lane.SERVICE, len(rows) + 1, "weather.seen", at, b"{}")
        rows.append((event, chain_hash(rows[-1][1], event)))
        events, hashes = [event for event, _ in rows], [digest for _, digest in rows]
        committed = store.commit(delivered(START_HASH, events, hashes, at.wall_ms))
        assert (committed.committed_through, committed.inserted) == (5, 1)
        assert not any(store.faults().values())
        assert [event.seq for event in store.events()] == [1, 2, 3, 4, 5]
        assert store.events()[3].true_ms == NOW_MS + 5 * MONTH_MS - 59_000
