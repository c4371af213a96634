"""One open SQLite file: pragmas, transactions, and the number that changes when somebody else commits.

WAL with `synchronous=FULL`: a commit that returned survives a power cut, and readers never wait. Writers of one process
queue on a lock of ours first, because SQLite's own busy handler sleeps in steps and would waste most of the time of
eight threads; writers of other processes are rare and meet in the busy handler, except who must not lose a millisecond
(`ask_every_millisecond`). `BEGIN IMMEDIATE` takes the write lock at once, so that no transaction fails half-way by
upgrading. peewee gives a connection per thread and pragmas on each; the statements themselves are SQL, one idea a
function, because their plans and their order inside a transaction are what this product promises, and two stores must
be able to live in one process (tests, rehearsals). Transactions are ours too: on a full disk SQLite rolls back by
itself, and peewee's own ROLLBACK after it would hide what was wrong.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import peewee

from kiosk.core.clock import Clock, Moment, SystemClock
from kiosk.core.errors import StoreError
from kiosk.store.migrate import refuse_unknown_schema

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 5_000,
    "journal_size_limit": 16_777_216,
    "secure_delete": "fast",  # what is erased (a printed slip with its code) leaves no trace in the pages it touches
}
ASK_EVERY_S = 0.001
CACHE_KIB = 4_000  # a kiosk's hot rows are few and the daemons share 1 GB of memory with a browser


class _TrackedDatabase(peewee.SqliteDatabase):
    """A SqliteDatabase that can close the connections of every thread, not only of the one that asks."""

    def __init__(self, path: str, cache_kib: int) -> None:
        pragmas = {**_PRAGMAS, "cache_size": -cache_kib}
        super().__init__(path, pragmas=pragmas, check_same_thread=False, isolation_level=None)
        self._opened: list[sqlite3.Connection] = []

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]  # its stubs leave the hook out
        self._opened.append(connection)
        return connection

    def connect_anew(self) -> sqlite3.Connection:
        """A connection that belongs to no thread."""
        return self._connect()

    def close_every_connection(self) -> None:
        self.close()
        for connection in self._opened:
            connection.close()
        self._opened.clear()


class _Asks(msgspec.Struct, frozen=True):
    """How one thread waits for the writers of other processes."""

    limit_ms: int
    pause: Callable[[float], None]


class Store:
    """The open database of one device. Thread-safe: each thread gets its own connection."""

    def __init__(self, path: Path, clock: Clock, cache_kib: int = CACHE_KIB, one_writer: bool = False) -> None:
        self.path = path
        self.clock = clock
        self.database = _TrackedDatabase(str(path), cache_kib)
        self._write_lock = threading.Lock()
        self._writing = threading.local()
        self._own = threading.local()
        self._one_writer = one_writer
        self._writer: sqlite3.Connection | None = None
        try:
            row = self.one("SELECT device, epoch FROM identity")
        except StoreError:
            self.close()
            raise
        if row is None:
            self.close()
            raise StoreError(f"{path} belum punya identitas: jalankan `kentongan migrate` dulu")
        self.device: str = row[0]
        self.epoch: str = row[1]

    def now(self) -> Moment:
        return self.clock.now()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One short transaction. Leaving it without an error means that the change is on disk."""
        if getattr(self._writing, "on", False):
            raise RuntimeError("store.write() inside store.write(): it would wait for itself")
        with self._write_lock:
            self._own.writing = self._writers_connection()
            try:
                self._begin()
                self._writing.on = True
                yield
                self._execute("COMMIT", ())
            except BaseException:
                if self._connection().in_transaction:
                    self._execute("ROLLBACK", ())
                raise
            finally:
                self._writing.on = False
                self._own.writing = None

    def ask_every_millisecond(self, limit_ms: int, pause: Callable[[float], None] = time.sleep) -> None:
        """From now on this thread waits for another process's transaction at most so long, and takes its turn within a
        millisecond of its end: SQLite's own busy handler sleeps 1, 2, 5, 10, 15 … ms, and a siren waits for this."""
        self._execute(f"PRAGMA busy_timeout = {limit_ms}", ())
        self._writing.asks = _Asks(limit_ms, pause)

    def _begin(self) -> None:
        asks: _Asks | None = getattr(self._writing, "asks", None)
        if asks is None:
            self._execute("BEGIN IMMEDIATE", ())
            return
        connection = self._connection()
        until_s = time.monotonic() + asks.limit_ms / 1000
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not _begun(connection, is_last=time.monotonic() >= until_s):
                asks.pause(ASK_EVERY_S)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {asks.limit_ms}")

    def require_write(self) -> None:
        """A guard for functions that only make sense inside `write()`."""
        if not getattr(self._writing, "on", False):
            raise RuntimeError("called outside store.write()")

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection().execute(sql, values).fetchall()
        except _FAILURES as error:
            raise _in_our_tree(error) from error

    def one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._connection().execute(sql, values).fetchone()
            return row
        except _FAILURES as error:
            raise _in_our_tree(error) from error

    def run(self, sql: str, *values: object) -> int:
        """Runs one statement inside `write()`; returns how many rows it changed."""
        self.require_write()
        return self._execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Runs one statement inside `write()` for each row."""
        self.require_write()
        try:
            self._connection().executemany(sql, rows)
        except _FAILURES as error:
            raise _in_our_tree(error) from error

    def _writers_connection(self) -> sqlite3.Connection | None:
        if self._one_writer and self._writer is None:
            try:
                self._writer = self.database.connect_anew()
            except _FAILURES as error:
                raise _in_our_tree(error) from error
        return self._writer

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened by peewee; statements go to it directly, which takes half the time."""
        writing: sqlite3.Connection | None = getattr(self._own, "writing", None)
        if writing is not None:
            return writing
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is None:
            try:
                held = self._own.connection = self.database.connection()  # type: ignore[no-untyped-call]
            except _FAILURES as error:
                raise _in_our_tree(error) from error
        return held

    def _execute(self, sql: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        try:
            return self._connection().execute(sql, values)
        except _FAILURES as error:
            raise _in_our_tree(error) from error

    def data_version(self) -> int:
        """Changes whenever *another* connection has committed (about 9 µs a call)."""
        row = self.one("PRAGMA data_version")
        if row is None:
            raise StoreError("PRAGMA data_version gave no answer")
        return int(row[0])

    def close(self) -> None:
        """Closes the connections of every thread; nobody may use the store afterwards."""
        self.database.close_every_connection()


_FAILURES = (peewee.DatabaseError, sqlite3.DatabaseError)
_UNUSABLE = (peewee.OperationalError, peewee.InternalError, sqlite3.OperationalError, sqlite3.InternalError)


def _in_our_tree(error: Exception) -> Exception:
    """What the file could not do, in our tree. A broken rule of the schema (IntegrityError) is a bug and stays one."""
    if isinstance(error, _UNUSABLE) or type(error) in _FAILURES:
        return StoreError(f"penyimpanan tidak dapat dipakai: {error}")
    return error


def _begun(connection: sqlite3.Connection, is_last: bool) -> bool:
    """Whether the write lock is ours now. Raises StoreError when it is not at the last time of asking."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except _FAILURES as error:
        busy = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        if is_last or not busy:
            raise _in_our_tree(error) from error
        return False
    return True


def open_store(path: Path, clock: Clock | None = None, cache_kib: int = CACHE_KIB, one_writer: bool = False) -> Store:
    """Opens a migrated database; every thread's connection keeps up to `cache_kib` of pages in memory.

    `one_writer`: all threads write through one connection, whose pages stay warm (each commit makes the pages of every
    other connection stale); `data_version` then also tells a thread of its own writes.

    Raises StoreError when it is missing or its schema is not this release's.
    """
    refuse_unknown_schema(path)
    return Store(path, clock or SystemClock(), cache_kib, one_writer)
