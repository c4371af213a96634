"""What the central tells a kiosk on the bulk connection: messages, commands and documents, behind one door."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.store.commands import finish_interrupted
from kiosk.store.database import Store
from kiosk.store.documents import heads
from kiosk.store.downlink import message_number
from sync.agent.central_clock import CentralClock
from sync.agent.commands import COMMANDS, Context, Known
from sync.agent.documents import DocumentFetch
from sync.agent.inbox import Inbox
from sync.agent.rewinds import Rewinds
from sync.wire.downlink import Want
from sync.wire.messages import HeldDocument
from sync.wire.topics import Down

CHANNELS = (Down.MESSAGE, Down.COMMAND, Down.DOCUMENT)
DIGEST_LETTERS = 16


class Downlink:
    """Used by the bulk link's thread."""

    def __init__(self, store: Store, rewinds: Rewinds, commands: Mapping[str, Known] = COMMANDS) -> None:
        self._store = store
        self._clock = CentralClock(store.clock)
        self._inbox = Inbox(Context(store, self._clock, rewinds), commands)
        self._documents = DocumentFetch(store)

    def begin(self) -> None:
        """A new connection; no command is running now, so what was left in the middle never ended."""
        finish_interrupted(self._store)
        self._documents.begin()

    def heard(self, central_ms: int, asked_ago_s: float) -> None:
        """The central has answered a hello and said what time it is."""
        self._clock.heard(central_ms, asked_ago_s)

    def applied(self) -> int:
        return message_number(self._store)

    def held(self) -> dict[str, HeldDocument]:
        """What this kiosk tells of its documents when it greets."""
        found = heads(self._store).items()
        return {name: HeldDocument(head.version, head.sha256[:DIGEST_LETTERS]) for name, head in found}

    def take(self, channel: Down, payload: bytes, now_s: float) -> bool:
        """One message of the central; True when a hello should ask for what is missing. Raises BadMessage."""
        if channel is Down.MESSAGE:
            return self._inbox.take_message(payload)
        if channel is Down.COMMAND:
            return self._inbox.take_command(payload)
        self._documents.take(payload, now_s)
        return False

    def due(self, now_s: float, round_trip_s: float | None) -> Want | None:
        return self._documents.due(now_s, round_trip_s)
