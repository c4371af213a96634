"""Linear migrations: numbered SQL files and `PRAGMA user_version`, each in one transaction.

Run by one one-shot before the daemons; a daemon that meets a schema it does not know refuses to start rather than
guess. The version is read inside the transaction, so two runs at once cannot both apply a step.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path

from kiosk.core.errors import StoreError
from kiosk.core.event import START_HASH, Lane
from kiosk.core.ids import new_epoch


def _steps() -> list[tuple[int, str]]:
    folder = resources.files("kiosk.store") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), (folder / name).read_text(encoding="utf-8")) for name in names]


def newest_version() -> int:
    """The schema that this release writes and reads."""
    return _steps()[-1][0]


def migrate(path: Path, device: str) -> int:
    """Brings the file to the newest schema, creating it and its identity; returns the schema version.

    A new file has mode 0660: the daemons share it as a group.

    Safe to run again and after a power cut. Raises StoreError when the file is newer than this release or belongs to
    another device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        _one_at_a_time(path.parent),
        _in_words(path),
        closing(sqlite3.connect(_created(path), isolation_level=None, timeout=10)) as connection,
    ):
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("PRAGMA synchronous=full")
        for version, sql in _steps():
            connection.execute("BEGIN IMMEDIATE")
            try:
                held = int(connection.execute("PRAGMA user_version").fetchone()[0])
                if held > newest_version():
                    raise StoreError(f"{path} ditulis oleh rilis yang lebih baru (skema {held}): pasang rilis itu")
                if held < version:
                    for statement in _statements(sql):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version={version}")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has rolled back by itself
                    connection.execute("ROLLBACK")
                raise
        _identify(connection, path, device)
        return newest_version()


def _created(path: Path) -> Path:
    """The file, made with its mode when it is missing. One that exists is not opened here: closing it again would drop
    the locks that SQLite may hold on it in this process."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o660))
    return path


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """SQLite does not wait for a lock while it changes to WAL, so two first starts at once would fail by turns."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} tidak dapat dibuka atau ditulis: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} bukan basis data yang utuh ({error}): pulihkan dari salinan") from error


def _statements(sql: str) -> list[str]:
    """Single statements, since executescript() would commit the transaction around it."""
    found, pending = [], ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    if pending.strip():
        raise ValueError(f"a migration ends in the middle of a statement: {pending!r}")
    return found


def _identify(connection: sqlite3.Connection, path: Path, device: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    row = connection.execute("SELECT device FROM identity").fetchone()
    if row is not None and row[0] != device:
        connection.execute("ROLLBACK")
        raise StoreError(f"{path} milik perangkat {row[0]}, bukan {device}: periksa kode situs di pengaturan")
    if row is None:
        epoch = new_epoch()
        connection.execute("INSERT INTO identity (id, device, epoch) VALUES (1, ?, ?)", (device, epoch))
        connection.executemany(
            "INSERT INTO stream (epoch, lane, last_hash) VALUES (?, ?, ?)",
            [(epoch, lane.value, START_HASH) for lane in Lane],
        )
    connection.execute("COMMIT")


def refuse_unknown_schema(path: Path) -> None:
    """Raises StoreError unless the file exists with exactly this release's schema."""
    if not path.exists():
        raise StoreError(f"{path} belum ada: jalankan `kentongan migrate` dulu")
    address = f"{path.absolute().as_uri()}?mode=ro"
    with _in_words(path), closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
        held = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if held != newest_version():
        raise StoreError(
            f"{path} berskema {held}, rilis ini memakai {newest_version()}:"
            " jalankan `kentongan migrate` atau pasang rilis yang sesuai"
        )
