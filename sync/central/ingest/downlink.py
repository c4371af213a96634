"""What the bulk consumer also does: tells its kiosks what to do and to hold, between the batches that it takes.

Greetings come in by the alarm consumer, which reads every hello; it only leaves them here, so that nothing of this
ever delays an alarm. Everything else happens in the bulk consumer's thread, a little in each turn, because whoever
waits for an acknowledgement of tickets comes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from nacl.signing import SigningKey

from kiosk.core.ids import shard_of
from sync.central.ingest.documents import Documents
from sync.central.ingest.messages import Messages, Outgoing
from sync.central.store import CentralStore
from sync.central.store.holdings import Holding
from sync.wire.downlink import Want
from sync.wire.envelope import seal
from sync.wire.messages import Hello
from sync.wire.topics import Down, down

LOOK_EVERY_S = 0.05
SWEEP_EVERY_S = 600.0  # catches what a broker dropped in silence
MESSAGES_A_TURN = 50
PIECES_A_TURN = 8


class Downlink:
    """`greeted` may be called by any thread, the rest by one."""

    def __init__(self, store: CentralStore, key: SigningKey, shards: frozenset[int]) -> None:
        self._store, self._key = store, key
        self._out: deque[Outgoing] = deque()
        self._greetings: deque[tuple[str, Hello]] = deque()
        self._messages = Messages(store, lambda device: shard_of(device) in shards, self._out)
        self._documents = Documents(store, lambda device: shard_of(device) in shards, self._out)
        self.begin()

    def begin(self) -> None:
        """A new connection to the broker."""
        self._out.clear()
        self._messages.begin()
        self._seen_mark: int | None = None
        self._looked_s = -LOOK_EVERY_S
        self._swept_s = -SWEEP_EVERY_S
        self._sweeps: dict[Callable[[str], str], str] = {}

    def greeted(self, device: str, hello: Hello) -> None:
        """A kiosk's bulk connection said hello."""
        self._greetings.append((device, hello))

    def applied(self, device: str, number: int) -> None:
        """A kiosk mentions the last message that it has applied."""
        self._messages.applied(device, number)

    def wanted(self, device: str, want: Want) -> None:
        """A kiosk asks for pieces of a document."""
        self._documents.wanted(device, want)

    def due(self, now_s: float) -> Sequence[tuple[str, bytes]]:
        """Signed messages to publish now: (topic, bytes)."""
        while self._greetings:
            device, hello = self._greetings.popleft()
            held = {name: Holding(each.version, each.digest) for name, each in hello.documents.items()}
            self._messages.greeted(device, hello.applied)
            self._documents.greeted(device, hello.epoch, held)
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            self._look(now_s)
        turn = [self._out.popleft() for _ in range(min(MESSAGES_A_TURN, len(self._out)))]
        turn += self._documents.pieces(PIECES_A_TURN)
        return [self._sealed(*outgoing) for outgoing in turn]

    def _look(self, now_s: float) -> None:
        mark = self._store.change_mark()
        if mark != self._seen_mark:
            self._seen_mark = mark
            self._messages.changed()
            if self._documents.has_news():
                self._sweeps[self._documents.sweep] = ""
        if now_s - self._swept_s >= SWEEP_EVERY_S:
            self._swept_s = now_s
            self._sweeps = {self._messages.sweep: "", self._documents.sweep: ""}
        for sweep, after in list(self._sweeps.items()):
            if len(self._out) < MESSAGES_A_TURN:
                self._sweeps[sweep] = sweep(after)
                if not self._sweeps[sweep]:
                    del self._sweeps[sweep]

    def _sealed(self, device: str, channel: Down, payload: bytes) -> tuple[str, bytes]:
        topic = down(device, channel)
        return topic, seal(self._key, topic, payload)
