"""Numbers that are missing before one that is there: may they still come?

PostgreSQL hands out numbers before commit, so a lower one may become visible after a higher one. Whoever took a number
below one that we see had a transaction of his own by then. So the id of a transaction that begins only now is above
his: once every transaction below that id has ended, the missing number was rolled back and never comes.
"""

from __future__ import annotations

import threading

from sync.central.store.database import Connection

_NEXT = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
REMEMBERED = 1_000


class Holes:
    """What one process has seen of them; safe to share between threads."""

    def __init__(self) -> None:
        self._behind: dict[int, int] = {}
        self._lock = threading.Lock()

    def may_fill(self, connection: Connection, number: int) -> bool:
        """Whether what is missing directly before `number` may still come. Cheap to ask again and again."""
        if not connection.is_postgresql:
            return False  # one transaction after the other, and what is rolled back takes its number with it
        with self._lock:
            if number not in self._behind:
                if len(self._behind) >= REMEMBERED:
                    self._behind.clear()
                self._behind[number] = connection.fetch(_NEXT)[0][0]
            horizon = self._behind[number]
        return bool(connection.fetch(_OLDEST)[0][0] < horizon)
