"""One database, SQLite or PostgreSQL, and the only place that knows which.

Decision: peewee 4.5 speaks to both. For PostgreSQL it takes psycopg 3 when asked (`prefer_psycopg3=True`) and accepts
the `postgresql://` address as it is. Models are bound to no database: every query is executed on the connection at
hand, so that two stores can live in one process. Connections come from a pool and are held for one call only, so a
thread that ends leaves none behind and `close()` closes them all.

SQLite is WAL with synchronous=FULL: what `write()` has returned from is on disk. It has one writer at a time: threads
queue on a lock of ours (fair and silent), processes on `BEGIN IMMEDIATE` with the busy timeout.

It does not retry: a lost connection becomes StoreError and whoever asked decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import peewee
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase, PooledSqliteDatabase

from kiosk.core.errors import BadInput, StoreError
from kiosk.core.ids import shard_of
from sync.central.store.turns import Turns

POOL_CONNECTIONS = 24  # a web server's threads, each holding one for a single call; PostgreSQL allows 100 by default
POOL_WAIT_S = 10
ROWS_A_STATEMENT = 250
BUSY_TIMEOUT_MS = 10_000  # another process's transaction takes milliseconds; ten seconds mean that its disk is ill
_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
    "cache_size": -65_536,  # KiB; indexes of random keys want to stay in memory
    # 32 MiB, should nobody tidy. `Database.tidy` does it earlier, outside a turn: it takes tens of milliseconds.
    "wal_autocheckpoint": 8_000,
}
LOG_MOST_BYTES = 8_388_608
CHECKPOINTS_AT_ONCE = 4

Row = dict[str, Any]


class Connection:
    """One pooled connection while a call lasts. Inside `Database.write` everything run here is one transaction."""

    def __init__(self, database: Any, is_postgresql: bool) -> None:
        self._database = database
        self.is_postgresql = is_postgresql

    def rows(self, query: Any) -> list[Row]:
        return [dict(row) for row in query.dicts().execute(self._database)]

    def row(self, query: Any) -> Row | None:
        found = self.rows(query.limit(1))
        return found[0] if found else None

    def scalar(self, query: Any) -> Any:
        """First column of the first row, or None."""
        found = list(query.tuples().limit(1).execute(self._database))
        return found[0][0] if found else None

    def lock(self, query: Any) -> Row | None:
        """Like `row`, and nobody else changes it before this transaction ends (SQLite has one writer anyway)."""
        return self.row(query.for_update() if self.is_postgresql else query)

    @property
    def for_update(self) -> str:
        """What a SELECT of plain SQL ends with to lock its rows (SQLite has one writer anyway)."""
        return " FOR UPDATE" if self.is_postgresql else ""

    def run(self, query: Any) -> int:
        """Rows changed by an INSERT, UPDATE or DELETE."""
        if isinstance(query, peewee.ModelInsert):
            query = query.as_rowcount()
        return int(query.execute(self._database))

    def returning(self, query: Any) -> Row | None:
        """The first row of an UPDATE or INSERT … RETURNING."""
        found = [dict(row) for row in query.dicts().execute(self._database)]
        return found[0] if found else None

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows, much faster than a multi-row VALUES built by peewee. `?` is a parameter."""
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
            cursor = self._database.cursor()
            try:
                cursor.executemany(sql.replace("?", "%s") if self.is_postgresql else sql, rows)
            finally:
                cursor.close()

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Plain SQL without parameters."""
        cursor = self._database.execute_sql(sql)
        return list(cursor.fetchall()) if cursor.description else []

    def fetch(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of plain SQL; `?` is a parameter. For the few statements that every batch runs: peewee builds each anew
        in 100 to 300 µs, which is what ten events cost altogether."""
        return list(self._plain(sql, values).fetchall())

    def change(self, sql: str, *values: object) -> int:
        """Rows changed by plain SQL; `?` is a parameter."""
        return int(self._plain(sql, values).rowcount)

    def _plain(self, sql: str, values: tuple[object, ...]) -> Any:
        return self._database.execute_sql(sql.replace("?", "%s") if self.is_postgresql else sql, values)

    def append(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Many new rows the fastest way there is; raises peewee.IntegrityError when one exists already.

        `columns`: name and PostgreSQL type, for a binary COPY. In SQLite one INSERT takes many rows, because a thread
        gives its turn away at every statement and would queue for it again a thousand times a batch.
        """
        names = ", ".join(columns)
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
            cursor = self._database.cursor()
            try:
                if self.is_postgresql:
                    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                        copy.set_types(list(columns.values()))
                        for row in rows:
                            copy.write_row(row)
                    return
                one = f"({', '.join('?' * len(columns))})"
                for at in range(0, len(rows), ROWS_A_STATEMENT):
                    part = rows[at : at + ROWS_A_STATEMENT]
                    sql = f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(part))}"
                    cursor.execute(sql, [value for row in part for value in row])
            finally:
                cursor.close()

    def savepoint(self) -> AbstractContextManager[Any]:
        return cast("AbstractContextManager[Any]", self._database.atomic())


class Database:
    """Opens on first use. Raises StoreError whenever the database cannot be reached or written."""

    def __init__(self, url: str) -> None:
        self.is_postgresql = url.startswith(("postgresql://", "postgres://"))
        self._turns = None if self.is_postgresql else Turns()
        pool = {"max_connections": POOL_CONNECTIONS, "timeout": POOL_WAIT_S}
        if self.is_postgresql:
            address = url.replace("postgres://", "postgresql://", 1)
            self._database = PooledPostgresqlDatabase(address, prefer_psycopg3=True, autoconnect=False, **pool)
        else:
            self._database = PooledSqliteDatabase(
                sqlite_file(url),
                autoconnect=False,
                check_same_thread=False,
                pragmas=_PRAGMAS,
                **pool,
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for SELECTs."""
        with _as_store_error(), self._database.connection_context():
            yield Connection(self._database, self.is_postgresql)

    def write(self, changed: str | None = None, urgent: bool = False) -> AbstractContextManager[Connection]:
        """One transaction: on return it is on disk, on an exception nothing happened.

        `changed` names the device whose change watchers should notice (see `change_mark`). Its counter is taken last,
        so that transactions of one shard wait for one another as briefly as possible. `urgent`: goes next.
        """
        return self.write_all(() if changed is None else (changed,), urgent)

    @contextmanager
    def write_all(self, changed: Iterable[str], urgent: bool = False) -> Iterator[Connection]:
        """`write` for several devices at once."""
        turn = nullcontext() if self._turns is None else self._turns.urgent() if urgent else self._turns.ordinary()
        with _as_store_error(), turn, self._database.connection_context():
            connection = Connection(self._database, self.is_postgresql)
            with self._database.atomic() if self.is_postgresql else self._database.atomic("IMMEDIATE"):
                yield connection
                for slot in sorted({shard_of(device) for device in changed}):
                    connection.change("UPDATE change SET mark = mark + 1 WHERE slot = ?", slot)

    @property
    def one_writer(self) -> bool:
        return self._turns is not None

    def somebody_urgent(self) -> bool:
        """Whether an alert waits for the transaction that is running."""
        return self._turns is not None and self._turns.somebody_urgent

    def tidy(self) -> None:
        """Copies what SQLite's log holds into the file when it has grown; nobody waits for that. Call it often."""
        if not self.one_writer or not self._log_is_long():
            return
        with self.read() as connection:
            for _ in range(CHECKPOINTS_AT_ONCE):  # what was written meanwhile is little, and then the log starts anew
                _, pages, copied = connection.fetch("PRAGMA wal_checkpoint(PASSIVE)")[0]
                if pages == copied:
                    return

    def _log_is_long(self) -> bool:
        try:
            return Path(f"{self._database.database}-wal").stat().st_size > LOG_MOST_BYTES
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Closes every connection of the pool; the store must no longer be in use."""
        self._database.close_all()


def sqlite_file(url: str) -> str:
    """The file of `sqlite:////var/lib/central.db` (absolute) or `sqlite:///central.db` (relative)."""
    start = "sqlite:///"
    if not url.startswith(start) or len(url) == len(start):
        raise BadInput("alamat basis data harus sqlite:////folder/berkas.db atau postgresql://…")
    return str(Path(url.removeprefix(start)))


@contextmanager
def _as_store_error() -> Iterator[None]:
    """What the database could not do, in our tree. Faulty values (DataError, IntegrityError) stay as they are."""
    try:
        yield
    except peewee.ImproperlyConfigured as error:
        raise StoreError("PostgreSQL memerlukan psycopg: pasang kentongan[central]") from error
    except (peewee.OperationalError, peewee.InterfaceError) as error:
        raise StoreError(f"basis data pusat tidak dapat dipakai: {error}") from error
    except MaxConnectionsExceeded as error:
        raise StoreError("semua sambungan basis data pusat terpakai: coba lagi sebentar") from error
