"""Whose turn it is to write, in a database that has one writer at a time (SQLite).

An alert must not wait for a backlog: whoever is urgent goes next, after at most the one transaction that is running.
Three locks do it: the ordinary queue up one behind the other at `_ordinary`, so only one of them at a time can stand at
`_next`, where an urgent one overtakes all the others. A plain lock would give the turn back to whoever has just left.
Whoever has much to write asks now and then whether somebody urgent waits, and ends his transaction early then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One lock with two doors."""

    def __init__(self) -> None:
        self._ordinary, self._next, self._writing = threading.Lock(), threading.Lock(), threading.Lock()
        self._urgent = 0
        self._counting = threading.Lock()

    @property
    def somebody_urgent(self) -> bool:
        """Whether an urgent one waits; without a lock, since the next look is a few milliseconds away."""
        return self._urgent > 0

    @contextmanager
    def ordinary(self) -> Iterator[None]:
        with self._ordinary:
            with self._next:
                self._writing.acquire()
            try:
                yield
            finally:
                self._writing.release()

    @contextmanager
    def urgent(self) -> Iterator[None]:
        with self._counting:
            self._urgent += 1
        with self._next:
            self._writing.acquire()
        with self._counting:
            self._urgent -= 1
        try:
            yield
        finally:
            self._writing.release()
