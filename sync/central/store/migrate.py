"""Raises the schema to what this release knows, one numbered SQL file after the other.

Decision: files in `migrations/` are written once for both databases and only the names of types differ, but for what
stands below a line `-- for postgresql:` or `-- for sqlite:`. The version
is read and written inside the same transaction as the change (both databases have transactional DDL), so that two
starts at once or a power cut leave either the old schema or the new one. Run by a one-shot before the daemons, which
refuse a schema that they don't know. There is no way down: a release that is taken back needs the backup from before
it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import peewee

from kiosk.core.errors import StoreError
from kiosk.core.ids import SHARDS
from sync.central.store import partitions, repack
from sync.central.store.database import Connection, Database, sqlite_file

_POSTGRESQL_TYPES = {
    "int": "BIGINT",
    "real": "DOUBLE PRECISION",
    "text": "TEXT",
    "blob": "BYTEA",
    "bool": "BOOLEAN",
    "strict": "",
    "serial": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}
_SQLITE_TYPES = {
    "int": "INTEGER",
    "real": "REAL",
    "text": "TEXT",
    "blob": "BLOB",
    "bool": "INTEGER",
    "strict": "STRICT",
    "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
}
_MIGRATION_LOCK = 5_316_810_110  # any number of our own: PostgreSQL's advisory lock for starts at the same time


def migrations() -> list[tuple[int, str]]:
    """(version, SQL) in order."""
    folder = resources.files("sync.central.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(int(file.name.split("_")[0]), file.read_text(encoding="utf-8")) for file in files]


def migrate(url: str) -> int:
    """Makes or raises the schema; the version it now has. Raises StoreError when it is newer than this release."""
    database = Database(url)
    try:
        with _alone(database, url), database.write() as connection:
            if connection.is_postgresql:
                connection.execute(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
            version = _version(connection)
            for number, sql in migrations():
                if number > version:
                    _apply(connection, sql)
                    version = number
            connection.execute("DELETE FROM schema_version")
            connection.execute(f"INSERT INTO schema_version (version) VALUES ({version})")
            _refuse_newer(version)
            if version >= repack.SINCE_VERSION:
                if connection.is_postgresql:
                    partitions.arrange(connection, int(time.time() * 1000), repack.received_last_ms(connection))
                repack.repack(connection)
        return version
    finally:
        database.close()


@contextlib.contextmanager
def _alone(database: Database, url: str) -> Iterator[None]:
    """Keeps other starts out while a SQLite file is made: switching it to WAL answers "locked" without waiting."""
    if database.is_postgresql:
        yield
        return
    folder = Path(sqlite_file(url)).absolute().parent
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def require_known_schema(database: Database, url: str) -> None:
    """Raises StoreError unless the schema is exactly the one of this release."""
    if not database.is_postgresql and not Path(sqlite_file(url)).exists():
        raise StoreError(f"basis data pusat {sqlite_file(url)} belum ada: jalankan kentongan migrate")
    try:
        with database.read() as connection:
            version = _version(connection)
    except peewee.ProgrammingError as error:  # PostgreSQL's word for a table that is not there
        raise StoreError("basis data pusat belum disiapkan: jalankan kentongan migrate") from error
    except StoreError as error:
        if "no such table" not in str(error):
            raise
        raise StoreError("basis data pusat belum disiapkan: jalankan kentongan migrate") from error
    _refuse_newer(version)
    if version < migrations()[-1][0]:
        raise StoreError(f"skema basis data pusat masih versi {version}: jalankan kentongan migrate")


def _version(connection: Connection) -> int:
    rows = connection.execute("SELECT version FROM schema_version")
    return int(rows[0][0]) if rows else 0


def _refuse_newer(version: int) -> None:
    known = migrations()[-1][0]
    if version > known:
        raise StoreError(f"skema basis data versi {version} lebih baru dari aplikasi ini ({known}): perbarui aplikasi")


def _apply(connection: Connection, sql: str) -> None:
    types = _POSTGRESQL_TYPES if connection.is_postgresql else _SQLITE_TYPES
    for statement in _of(connection, sql).format(**types).split(";"):
        if statement.strip():
            connection.execute(statement)
    if not connection.execute("SELECT slot FROM change LIMIT 1"):
        connection.run_many("INSERT INTO change (slot, mark) VALUES (?, 0)", [(slot,) for slot in range(SHARDS)])


def _of(connection: Connection, sql: str) -> str:
    """What of a file is for this database, without comments."""
    skipped = f"-- for {'sqlite' if connection.is_postgresql else 'postgresql'}:"
    lines, skipping = [], False
    for line in sql.splitlines():
        if line.startswith("-- for "):
            skipping = line == skipped
        elif not skipping and not line.lstrip().startswith("--"):
            lines.append(line)
    return "\n".join(lines)
