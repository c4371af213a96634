"""Migrations: safe to repeat, and every file that is not ours is refused in words."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import StoreError
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate, newest_version
from tests.store.checks import DEVICE


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_migrating_twice_changes_nothing(path: Path) -> None:
    before = dump(path)
    assert migrate(path, DEVICE) == newest_version()
    assert dump(path) == before


def test_the_file_is_not_for_everyone_to_read(path: Path) -> None:
    assert path.stat().st_mode & 0o007 == 0


def test_eight_migrations_at_once_make_one_identity(tmp_path: Path) -> None:
    file, errors, start = tmp_path / "kiosk.db", list[StoreError](), threading.Barrier(8)

    def work() -> None:
        start.wait()
        try:
            migrate(file, DEVICE)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    store = open_store(file, ManualClock())
    assert store.one("SELECT COUNT(*), COUNT(DISTINCT epoch) FROM identity") == (1, 1)
    assert store.one("SELECT COUNT(*) FROM stream") == (3,)
    store.close()


def test_a_newer_schema_is_refused_by_migration_and_daemons(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={newest_version() + 1}")
    before = dump(path)
    with pytest.raises(StoreError, match="rilis yang lebih baru"):
        migrate(path, DEVICE)
    with pytest.raises(StoreError, match="pasang rilis yang sesuai"):
        open_store(path)
    assert dump(path) == before


def test_another_devices_database_is_refused_and_left_alone(path: Path) -> None:
    before = dump(path)
    with pytest.raises(StoreError, match=f"milik perangkat {DEVICE}, bukan 31.74.05.1001-k2"):
        migrate(path, "31.74.05.1001-k2")
    assert dump(path) == before


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nothing\.db belum ada: jalankan `kentongan migrate`"):
        open_store(tmp_path / "nothing.db")


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.db"
    file.write_bytes(b"these are not the pages you are looking for" * 100)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"kiosk\.db bukan basis data"):
        open_store(file)
    with pytest.raises(StoreError, match=r"kiosk\.db bukan basis data"):
        migrate(file, DEVICE)
    assert file.read_bytes() == before


def test_a_schema_without_an_identity_is_refused_and_left_closed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM identity")
    with pytest.raises(StoreError, match="belum punya identitas"):
        open_store(path)


def test_a_folder_with_odd_letters_in_its_name_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "50% #1?" / "kiosk.db"
    migrate(file, DEVICE)
    open_store(file, ManualClock()).close()


def test_two_stores_live_in_one_process(tmp_path: Path) -> None:
    opened: list[Store] = []
    for kiosk in ("k1", "k2"):
        migrate(tmp_path / kiosk / "kiosk.db", f"31.74.05.1001-{kiosk}")
        opened.append(open_store(tmp_path / kiosk / "kiosk.db", ManualClock()))
    assert [store.device for store in opened] == ["31.74.05.1001-k1", "31.74.05.1001-k2"]
    assert opened[0].epoch != opened[1].epoch
    for store in opened:
        store.close()
