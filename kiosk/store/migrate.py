"""Linear migrations: numbered SQL files and `PRAGMA user_version`, each in one transaction.

Run by one one-shot before the daemons; a daemon that meets a schema it does not know refuses to start rather than
guess. The version is read inside the transaction, so two runs at once cannot both apply a step.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
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
    """Brings the file to the newest schema, creating it (mode 0640) and its identity; returns the schema version.

    Safe to run again and after a power cut. Raises StoreError when the file is newer than this release or belongs to
    another device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o640))
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
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
                connection.execute("ROLLBACK")
                raise
        _identify(connection, path, device)
        return newest_version()


def _statements(sql: str) -> list[str]:
    """Single statements, since executescript() would commit the transaction around it."""
    found, pending = [], ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
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
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        held = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if held != newest_version():
        raise StoreError(
            f"{path} berskema {held}, rilis ini memakai {newest_version()}:"
            " jalankan `kentongan migrate` atau pasang rilis yang sesuai"
        )
