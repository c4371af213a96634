"""How long one bare SQLite commit takes on this disk: the neighbour of every figure that waits for a commit.

One row in one transaction, with the pragmas of a kiosk's database.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def raw_commits(path: Path) -> Iterator[Callable[[int], float]]:
    """Commits a row with that number; gives the seconds that it took."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("PRAGMA synchronous=full")
        connection.execute("CREATE TABLE ticket (id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")

        def commit(number: int) -> float:
            at_s = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO ticket VALUES (?, ?)", (str(uuid.uuid4()), number))
            connection.execute("COMMIT")
            return time.perf_counter() - at_s

        yield commit
