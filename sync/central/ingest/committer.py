"""Commits one group of batches while the next is being read.

Reading a batch (signature, decompression, hashes) is Python's work; committing it is the database's and the disk's. One
thread for each keeps both busy, and what has piled up while a commit lasted goes into the next transaction together:
the slower the disk, the fewer times it is asked. A group is about half of what one kiosk may have under way, so that it
sends the other half meanwhile.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections import deque
from types import TracebackType
from typing import Self

from kiosk.core.errors import StoreError
from sync.central.ingest.receive import Ready, Receiver, Reply

log = logging.getLogger(__name__)

EVENTS_A_GROUP = 1_000
TIDY_EVERY_S = 0.1
EVENTS_WAITING_MOST = 20_000  # about 10 MB; then the broker has to wait


class Committer:
    """A thread of its own between `with` and its end. `woken` becomes readable when there is something to collect."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._changed = threading.Condition()
        self._waiting: deque[Ready] = deque()
        self._events = 0
        self._replies: list[Reply] = []
        self._error: Exception | None = None
        self._ending = False
        self.woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._tidier = threading.Thread(target=self._tidy, name="tidier", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._tidier.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join()
        self._tidier.join()
        self.woken.close()
        self._wake.close()

    def offer(self, ready: Ready) -> None:
        """Queues a batch; waits while too many are."""
        with self._changed:
            self._changed.wait_for(lambda: self._events < EVENTS_WAITING_MOST or self._error is not None)
            self._waiting.append(ready)
            self._events += ready.events
            self._changed.notify_all()

    def collect(self) -> list[Reply]:
        """Answers for what is on disk by now. Raises StoreError when a commit failed: nothing is taken any more."""
        with self._changed:
            if self._error is not None:
                raise StoreError(f"kiriman tidak dapat disimpan: {self._error}") from self._error
            replies, self._replies = self._replies, []
            if replies:
                self.woken.recv(4096)
        return replies

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            try:
                replies = self._receiver.commit(group)
            except Exception as error:  # whatever it was: a thread that ends unheard would leave everybody waiting
                log.exception("batches could not be committed", extra={"batches": len(group)})
                with self._changed:
                    self._error = error
                    self._changed.notify_all()
                self._wake.send(b"\0")
                return
            with self._changed:
                if replies and not self._replies:
                    self._wake.send(b"\0")
                self._replies += replies

    def _tidy(self) -> None:
        """Beside the commits, so that neither they nor the alerts wait for it."""
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._ending, TIDY_EVERY_S):
                    return
            try:
                self._receiver.tidy()
            except StoreError as error:
                log.warning("store could not be tidied", extra={"why": str(error)})

    def _next_group(self) -> list[Ready] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            if self._ending:
                return None
            group, events = [self._waiting.popleft()], 0
            while self._waiting:
                events = sum(ready.events for ready in group) + self._waiting[0].events
                if events > EVENTS_A_GROUP:
                    break
                group.append(self._waiting.popleft())
            self._events -= sum(ready.events for ready in group)
            self._changed.notify_all()
            return group
