"""Transactions: whole or not at all, on disk when they return, and errors of SQLite as our own in words."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadInput, StoreError
from kiosk.core.event import Lane
from kiosk.store import tickets
from kiosk.store.database import Store, open_store
from kiosk.store.journal import BODY_LIMIT_BYTES, events, record
from tests.store.checks import require_sound_journal, require_sound_tickets


def test_every_connection_waits_for_the_disk_and_keeps_a_write_ahead_log(store: Store) -> None:
    asked = [store.one(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert asked == [("wal",), (2,), (1,)]


def test_a_change_and_its_journal_row_commit_together_or_not_at_all(store: Store) -> None:
    def fails_in_the_middle() -> None:
        with store.write():
            store.run("INSERT INTO business_day (day, opened_ms) VALUES ('2025-11-22', 1)")
            record(store, Lane.SERVICE, "day.opened", {"day": "2025-11-22"})
            assert len(events(store, Lane.SERVICE, 0, 10)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_in_the_middle()
    assert tickets.today(store) is None
    assert events(store, Lane.SERVICE, 0, 10) == []
    assert tickets.issue(store, "usaha", "A", 7, None, None).ticket.number == "A-001"
    require_sound_journal(store)


def test_a_slip_that_cannot_be_drawn_leaves_no_ticket(store: Store) -> None:
    def torn(_issued: tickets.Issued) -> bytes:
        raise ValueError("no such font")

    with pytest.raises(ValueError, match="no such font"):
        tickets.issue(store, "usaha", "A", 7, "a key", torn)
    assert require_sound_tickets(store) == []
    assert tickets.issue(store, "usaha", "A", 7, "a key", None).ticket.number == "A-001"


def test_a_change_outside_a_transaction_is_a_programmers_error(store: Store) -> None:
    with pytest.raises(RuntimeError, match=r"outside store\.write"):
        store.run("DELETE FROM ticket")
    with pytest.raises(RuntimeError, match=r"outside store\.write"):
        record(store, Lane.HEALTH, "x", {})


def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_itself(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside"), store.write(), store.write():
        raise AssertionError("never reached")
    tickets.issue(store, "usaha", "A", 7, None, None)


def test_an_event_over_the_limit_is_refused_with_its_change(store: Store) -> None:
    def records_too_much() -> None:
        with store.write():
            store.run("INSERT INTO business_day (day, opened_ms) VALUES ('2025-11-22', 1)")
            record(store, Lane.SERVICE, "too.much", {"x": "x" * BODY_LIMIT_BYTES})

    with pytest.raises(BadInput, match="melebihi batas"):
        records_too_much()
    assert tickets.today(store) is None


@pytest.mark.parametrize("pages_more", range(0, 12))
def test_a_full_disk_is_told_in_words_and_nothing_is_half_done(store: Store, pages_more: int) -> None:
    tickets.issue(store, "usaha", "A", 7, None, lambda _: b"slip")
    (pages,) = store.one("PRAGMA page_count") or (0,)
    store.one(f"PRAGMA max_page_count={pages + pages_more}")
    count = 1

    def issue_a_hundred() -> None:
        nonlocal count
        for _ in range(100):
            tickets.issue(store, "usaha", "A", 7, None, lambda _: b"slip" * 1000)
            count += 1

    for _ in range(2):  # and it says so again
        with pytest.raises(StoreError, match="disk is full"):
            issue_a_hundred()
        assert len(require_sound_tickets(store)) == count
        require_sound_journal(store)
    store.one("PRAGMA max_page_count=1000000")
    assert tickets.issue(store, "usaha", "A", 7, None, None).ticket.ordinal == count + 1


def test_a_reader_gets_our_error_and_not_the_librarys(store: Store) -> None:
    with pytest.raises(StoreError, match="no such table"):
        store.all("SELECT * FROM no_such")
    with pytest.raises(StoreError, match="no such table"):
        store.one("SELECT * FROM no_such")


def test_a_damaged_page_is_told_in_words(path: Path) -> None:
    store = open_store(path, ManualClock())
    for _ in range(50):
        tickets.issue(store, "usaha", "A", 7, None, lambda _: b"slip" * 1000)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = 4096
    data = bytearray(path.read_bytes())
    data[page * 3 :] = b"\xa5" * (len(data) - page * 3)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="malformed"):
        open_store(path, ManualClock())


def test_the_number_changes_when_another_connection_commits(store: Store, path: Path) -> None:
    before = store.data_version()
    assert store.data_version() == before
    other = open_store(path, ManualClock())
    tickets.issue(other, "usaha", "A", 7, None, None)
    other.close()
    assert store.data_version() != before


def test_another_process_that_holds_the_file_too_long_is_told_in_words(store: Store, path: Path) -> None:
    store.one("PRAGMA busy_timeout=1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            tickets.issue(store, "usaha", "A", 7, None, None)
        assert store.one("SELECT COUNT(*) FROM ticket") == (0,)  # readers never wait
    assert tickets.issue(store, "usaha", "A", 7, None, None).ticket.number == "A-001"


def test_who_asks_every_millisecond_takes_its_turn_at_once_when_the_other_process_is_done(
    store: Store, path: Path
) -> None:
    asked: list[float] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def pause(seconds: float) -> None:
            asked.append(seconds)
            if len(asked) == 20:
                other.execute("COMMIT")

        store.ask_every_millisecond(60_000, pause)
        other.execute("BEGIN IMMEDIATE")
        assert tickets.issue(store, "usaha", "A", 7, None, None).ticket.number == "A-001"
    assert asked == [0.001] * 20


def test_who_asks_every_millisecond_gives_up_at_its_limit_and_may_try_again(store: Store, path: Path) -> None:
    store.ask_every_millisecond(5)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            tickets.issue(store, "usaha", "A", 7, None, None)
    assert tickets.issue(store, "usaha", "A", 7, None, None).ticket.number == "A-001"


def test_closing_closes_the_connections_of_every_thread(path: Path) -> None:
    store = open_store(path, ManualClock())
    thread = threading.Thread(target=lambda: tickets.issue(store, "usaha", "A", 7, None, None))
    thread.start()
    thread.join()
    store.close()
    assert not path.with_name("kiosk.db-wal").exists()  # the last connection to close takes the log with it
