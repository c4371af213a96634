"""Fetches what the central wants in force: asks for pieces, puts them on disk, has the whole checked and swapped in.

The kiosk asks, so it alone decides how fast: not while an alarm waits, after the tickets, in pieces that the line
carries quickly (`fetch`). What is held is on disk, so a lost link or a power cut costs one piece.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.document_arrival import Coming, Desire, coming, complete, desire, put_piece
from kiosk.store.outbox import backlogs
from sync.agent.fetch import Asked, first_bytes, may_ask, next_bytes, pieces
from sync.plan import time_out_s
from sync.wire.downlink import Desired, Piece, Want, decode_document

log = logging.getLogger(__name__)

REFUSED_FOR_S = 3_600.0  # before the same bytes are tried again: the fault may have been a card's, not the central's


class DocumentFetch:
    """Used by one thread."""

    def __init__(self, store: Store, free_bytes: Callable[[], int] | None = None) -> None:
        self._store = store
        self._free_bytes = free_bytes or (lambda: shutil.disk_usage(store.path.parent).free)
        self._coming = coming(store)
        self._refused_s: dict[str, float] = {}
        self.begin()

    def begin(self) -> None:
        """A new connection: nothing is under way on it, and its line is yet to be measured."""
        self._asked: Asked | None = None
        self._at_once_bytes: int | None = None
        self._yielding_since_s: float | None = None

    def take(self, payload: bytes, now_s: float) -> None:
        """What came on `down/document`; on disk when it returns. Raises BadMessage."""
        match decode_document(payload):
            case Desired(document=head):
                if now_s - self._refused_s.get(head.sha256, -REFUSED_FOR_S) < REFUSED_FOR_S:
                    return
                came = desire(self._store, head, self._free_bytes())
                if came is Desire.REFUSED:
                    self._refused_s[head.sha256] = now_s
                self._coming = coming(self._store)
                log.info("document wanted here", extra={"document": head.name, "version": head.version, "is": came})
            case Piece() as piece:
                self._take_piece(piece, now_s)

    def due(self, now_s: float, round_trip_s: float | None) -> Want | None:
        """What to ask for now, if anything."""
        if not self._coming:
            return None
        wanted = self._coming[0]
        if wanted.held_bytes >= wanted.head.size_bytes:  # the power went between its last piece and its check
            self._complete(wanted, now_s)
            return None
        if self._asked is not None:
            if self._asked.document == wanted.id and now_s - self._asked.at_s < time_out_s(round_trip_s):
                return None
            self._asked = None  # the answer was lost, or another document has become the next
        if not self._may_ask(now_s):
            return None
        if self._at_once_bytes is None:
            self._at_once_bytes = first_bytes(round_trip_s)
        left = wanted.head.size_bytes - wanted.held_bytes
        piece_bytes, count = pieces(self._at_once_bytes, left)
        through = wanted.held_bytes + min(left, count * piece_bytes)
        self._asked = Asked(wanted.id, through, now_s, round_trip_s or 0.0)
        return Want(wanted.head.name, wanted.head.sha256, wanted.held_bytes, piece_bytes, count)

    def _may_ask(self, now_s: float) -> bool:
        held = backlogs(self._store)
        if self._yielding_since_s is None:
            self._yielding_since_s = now_s
        yielded_s = now_s - self._yielding_since_s
        if not may_ask(held[Lane.ALARM].waiting, held[Lane.SERVICE].waiting, yielded_s):
            return False
        self._yielding_since_s = None
        return True

    def _take_piece(self, piece: Piece, now_s: float) -> None:
        for wanted in self._coming:
            if (wanted.head.name, wanted.head.sha256, wanted.held_bytes) == (piece.name, piece.sha256, piece.offset):
                break
        else:
            return  # held already, or of something no longer wanted
        if put_piece(self._store, wanted, piece.data):
            through = piece.offset + len(piece.data)
            asked = self._asked
            if asked is not None and asked.document == wanted.id and through >= asked.through:
                took_s = now_s - asked.at_s
                self._at_once_bytes = next_bytes(self._at_once_bytes or len(piece.data), took_s, asked.round_trip_s)
                self._asked = None
        self._coming = coming(self._store)
        for whole in [each for each in self._coming if each.held_bytes >= each.head.size_bytes]:
            self._complete(whole, now_s)

    def _complete(self, wanted: Coming, now_s: float) -> None:
        good = complete(self._store, wanted)
        if not good:
            self._refused_s[wanted.head.sha256] = now_s
        self._coming = coming(self._store)
        log.info("document whole", extra={"document": wanted.head.name, "version": wanted.head.version, "good": good})
