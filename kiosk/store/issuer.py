"""Group commit: whoever wants a number while a commit is on its way shares the next one.

A commit waits for the disk (0.2 ms on a fast one, 10 ms on a card) and costs the same for one ticket as for twenty.
Threads hand in their wishes; the first to get the turn takes all that wait, commits them once, and each is answered
after that commit, never before. Nobody waits for company: a wish that is alone goes alone, in its own thread. One that
must be refused is refused by itself, and what nobody foresaw rolls all back and is tried again one by one, so that one
bad wish spoils nobody else's.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from kiosk.core.errors import Conflict
from kiosk.core.ids import track_code_from
from kiosk.core.queue_settings import QueueSettings
from kiosk.store.database import Store
from kiosk.store.days import open_day
from kiosk.store.issue_batch import Issued, Wish, draw_all, key_hash
from kiosk.store.reading import find
from kiosk.store.room import require_room

MOST_AT_ONCE = 64


class _Held:
    """A wish and what became of it."""

    __slots__ = ("error", "finished", "issued", "wish")

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.finished = False
        self.issued: Issued | None = None
        self.error: Exception | None = None


class Issuer:
    """Draws numbers for all threads of one process. Two processes on one file meet at SQLite's write lock."""

    def __init__(self, store: Store, utc_offset_h: int, settings: QueueSettings = QueueSettings()) -> None:
        self._store, self._utc_offset_h, self._settings = store, utc_offset_h, settings
        self._turn = threading.Lock()
        self._waiting: deque[_Held] = deque()

    def issue(self, wish: Wish) -> Issued:
        """Returns after the ticket is on disk; the same key and service again give the same ticket.

        Raises Conflict (a key of another service, a closed day) or StoreError (NoRoom when only the reserve is left).
        """
        mine = _Held(wish)
        self._waiting.append(mine)
        while not mine.finished:  # a full batch may have gone without this one
            with self._turn:
                if not mine.finished:
                    self._take_what_waits()
        if mine.error is not None:
            raise mine.error
        assert mine.issued is not None, "a finished wish has a ticket or an error"
        return mine.issued

    def _take_what_waits(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
        try:
            self._commit(batch)
        except Exception as error:  # noqa: BLE001 - it is raised again in the thread whose wish it was
            if len(batch) == 1:
                batch[0].error = error
            else:
                self._one_by_one(batch)
        finally:
            for held in batch:
                held.finished = True

    def _one_by_one(self, batch: Sequence[_Held]) -> None:
        for held in batch:
            try:
                self._commit([held])
            except Exception as error:  # noqa: BLE001 - it is raised again in the thread whose wish it was
                held.error = error

    def _commit(self, batch: Sequence[_Held]) -> None:
        """Sets each one's ticket or refusal; both are only looked at once the transaction has ended well."""
        with self._store.write():
            fresh, again = list[_Held](), list[_Held]()
            keys = set[str]()
            for held in batch:
                held.issued = held.error = None
                if self._is_settled(held):
                    continue
                (again if held.wish.key in keys else fresh).append(held)
                if held.wish.key is not None:
                    keys.add(held.wish.key)
            if not fresh:
                return
            require_room(self._store)
            day = open_day(self._store, self._utc_offset_h, self._settings)
            for held, issued in zip(fresh, draw_all(self._store, day, [held.wish for held in fresh]), strict=True):
                held.issued = issued
            for held in again:
                self._is_settled(held)

    def _is_settled(self, held: _Held) -> bool:
        """Whether the wish's key has already brought its ticket, or belongs to another service."""
        if held.wish.key is None:
            return False
        try:
            held.issued = issued_with(self._store, held.wish.key, held.wish.service)
        except Conflict as error:
            held.error = error
        return held.issued is not None or held.error is not None


def issued_with(store: Store, key: str, service: str) -> Issued | None:
    """What a key has already brought, without drawing anything. Raises Conflict when it belongs to another service."""
    row = store.one("SELECT service, ticket_id, salt, ahead FROM idempotency WHERE key_hash = ?", key_hash(key))
    if row is None:
        return None
    if row[0] != service:
        raise Conflict("Idempotency-Key ini sudah dipakai untuk layanan lain: pakai kunci baru")
    return Issued(find(store, row[1]), track_code_from(bytes(row[2]), key), row[3])
