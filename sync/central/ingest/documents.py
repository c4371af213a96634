"""Documents on their way to the kiosks: who should hold what is said, and pieces are sent to whoever asks for them.

A kiosk is told when it greets; after a publication a sweep tells everyone who does not hold what is desired, page by
page, which also spreads the load that follows. Pieces go round: one to each kiosk that waits, then the next to each,
so that five megabytes for one do not hold up a kilobyte for another.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping

import msgspec

from kiosk.core.document import DocumentHead
from kiosk.core.errors import NotFound
from sync.central.ingest.desired import DesiredView
from sync.central.ingest.messages import Outgoing
from sync.central.store import CentralStore
from sync.central.store.holdings import DIGEST_LETTERS, Holding
from sync.wire.downlink import Desired, Piece, Want, encode_piece
from sync.wire.messages import encode
from sync.wire.topics import Down

log = logging.getLogger(__name__)

CACHE_BYTES = 33_554_432


class _Bodies:
    """The bodies asked for last: at a publication thousands ask for the same one."""

    def __init__(self, store: CentralStore) -> None:
        self._store = store
        self._held: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def get(self, name: str, sha256: str) -> bytes:
        body = self._held.pop((name, sha256), None)
        if body is None:
            body = self._store.downlink.document_body(name, sha256)
        self._held[name, sha256] = body
        while sum(map(len, self._held.values())) > CACHE_BYTES and len(self._held) > 1:
            self._held.popitem(last=False)
        return body


class Documents:
    """Used by one thread. `out` receives what is to be published: device, channel, payload."""

    def __init__(self, store: CentralStore, is_mine: Callable[[str], bool], out: deque[Outgoing]) -> None:
        self._store, self._is_mine, self._out = store, is_mine, out
        self._view = DesiredView()
        self._bodies = _Bodies(store)
        self._asked: OrderedDict[str, Want] = OrderedDict()
        self._to_tell = False

    def refresh(self) -> None:
        """Reads what was published since. Whoever first needs it may ask; everyone else still has to be told."""
        mark = self._store.downlink.publication_mark()
        if mark > self._view.number:
            self._view.take(self._store.downlink.desired_since(self._view.number), mark)
            self._to_tell = True

    def has_news(self) -> bool:
        """Whether anything was published since this was asked last: time for a sweep."""
        self.refresh()
        news, self._to_tell = self._to_tell, False
        return news

    def greeted(self, device: str, epoch: str, held: Mapping[str, Holding]) -> None:
        """A kiosk said hello, holding these."""
        self._store.downlink.greet(device, epoch, held)
        self.refresh()
        self._tell(device, held)

    def sweep(self, after: str) -> str:
        """Tells one page of the kiosks what they lack; where to go on, empty at the end."""
        page = self._store.downlink.holdings_page(after)
        for device, held in page.items():
            if self._is_mine(device):
                self._tell(device, held)
        return next(reversed(page), "")

    def wanted(self, device: str, want: Want) -> None:
        """A kiosk asks for pieces, and no longer for what it asked for before. It gets only what it should hold."""
        if self._desired(device, want) is None:
            self.refresh()
        head = self._desired(device, want)
        if head is None:
            log.info("not what this kiosk should hold", extra={"device": device, "document": want.name})
            self._asked.pop(device, None)
            self._tell(device, self._store.downlink.holdings(device))
        elif want.offset < head.size_bytes:
            self._asked[device] = want

    def pieces(self, most: int) -> Iterator[Outgoing]:
        """The next pieces to publish, at most this many."""
        for _ in range(most):
            if not self._asked:
                return
            device, want = self._asked.popitem(last=False)
            try:
                body = self._bodies.get(want.name, want.sha256)
            except NotFound as error:
                log.error("document is gone", extra={"device": device, "why": str(error)})
                continue
            data = body[want.offset : want.offset + want.piece_bytes]
            after = want.offset + len(data)
            if want.count > 1 and after < len(body):
                self._asked[device] = msgspec.structs.replace(want, offset=after, count=want.count - 1)
            yield device, Down.DOCUMENT, encode_piece(Piece(want.name, want.sha256, want.offset, data))

    def _desired(self, device: str, want: Want) -> DocumentHead | None:
        head = self._view.of(device).get(want.name)
        return head if head is not None and head.sha256 == want.sha256 else None

    def _tell(self, device: str, held: Mapping[str, Holding]) -> None:
        for name, head in self._view.of(device).items():
            if held.get(name) != Holding(head.version, head.sha256[:DIGEST_LETTERS]):
                self._out.append((device, Down.DOCUMENT, encode(Desired(head))))
