"""Answers of the post on their way to the kiosks: published, and again until the device says that it applied them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
from nacl.signing import SigningKey

from kiosk.core.decoding import converted, from_json
from kiosk.core.ids import shard_of
from sync.central.store import CentralStore
from sync.central.store.values import Down as DownRow
from sync.wire.envelope import seal
from sync.wire.messages import AlertAnswer, encode
from sync.wire.topics import Down, down

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 3.0
LOOK_EVERY_S = 0.05


class _Body(msgspec.Struct, frozen=True):
    alert: str
    nonce: str
    action: str
    officer: str
    at_ms: int


class Answers:
    """Looks for unapplied answers of its shards whenever the central changed, and every few seconds."""

    def __init__(self, store: CentralStore, key: SigningKey, shards: frozenset[int]) -> None:
        self._store, self._key, self._shards = store, key, shards
        self.begin()

    def begin(self) -> None:
        self._seen_mark: int | None = None
        self._looked_s = -AGAIN_AFTER_S
        self._sent_s: dict[tuple[str, int], float] = {}

    def due(self, now_s: float) -> Sequence[tuple[str, bytes]]:
        if now_s - self._looked_s < LOOK_EVERY_S:
            return []
        mark = self._store.change_mark()
        if mark == self._seen_mark and now_s - self._looked_s < AGAIN_AFTER_S:
            return []
        self._seen_mark, self._looked_s = mark, now_s
        messages: list[tuple[str, bytes]] = []
        pending: set[tuple[str, int]] = set()
        for device in self._store.devices_with_pending_down():
            if shard_of(device) not in self._shards:
                continue
            after = 0
            for row in self._store.pending_down(device, 0):
                pending.add((device, row.number))
                if now_s - self._sent_s.get((device, row.number), -AGAIN_AFTER_S) >= AGAIN_AFTER_S:
                    self._sent_s[device, row.number] = now_s
                    try:
                        messages.append(self._message(device, row, after))
                    except msgspec.MsgspecError as error:
                        log.error("answer cannot be said", extra={"device": device, "number": row.number, "why": error})
                        continue  # the next one names the one before this, so this one holds nothing up
                after = row.number
        self._sent_s = {key: at_s for key, at_s in self._sent_s.items() if key in pending}
        return messages

    def _message(self, device: str, row: DownRow, after: int) -> tuple[str, bytes]:
        body = msgspec.structs.asdict(from_json(row.body, _Body))
        answer = converted({"number": row.number, "after": after, **body}, AlertAnswer)
        topic = down(device, Down.ALERT)
        return topic, seal(self._key, topic, encode(answer))
