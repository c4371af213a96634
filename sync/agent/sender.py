"""What one connection sends of its lanes: fills the window, and packs the next message while it is full.

Packing a thousand events takes seven milliseconds, and marking an acknowledgement waits for the disk; both would come
between two messages, and a drain would spend a third of its time on them. A message that lies ready costs its bytes in
memory, nothing more: an alarm still meets only what is under way.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.event import Lane
from sync.agent.duty import Duty, Note
from sync.agent.packed import Packed
from sync.agent.streams import Streams
from sync.plan import size_of
from sync.wire.messages import batch_of, encode
from sync.wire.topics import Up

Publish = Callable[[Up, bytes], int]


class Sender:
    """Used by its link's owner thread only. `sealed` signs a note for its topic."""

    def __init__(self, duty: Duty, streams: Streams, sealed: Callable[[Note], bytes]) -> None:
        self._duty, self._streams, self._sealed = duty, streams, sealed
        self._ahead: Packed | None = None

    def begin(self) -> None:
        """A new connection."""
        self._ahead = None

    @property
    def is_ready(self) -> bool:
        """Whether a message is packed and waits for a place."""
        return self._ahead is not None

    def fill(self, publish: Publish) -> None:
        """Sends, the most urgent lane first, until the window is full or nothing waits."""
        for lane in self._duty.lanes:
            while self._send_one(publish, lane):
                pass

    def pack_ahead(self) -> None:
        """Makes the next message ready if there is no place for it now."""
        if self._streams.is_full() and self._ahead is None:
            self._ahead = next((packed for lane in self._duty.lanes if (packed := self._pack(lane))), None)

    def _send_one(self, publish: Publish, lane: Lane) -> bool:
        if self._streams.is_full():
            return False
        packed = self._packed_ahead(lane) or self._pack(lane)
        if packed is None:
            return False
        message = publish(self._duty.channel, packed.data)
        self._streams.sent(packed)
        self._duty.sent(lane, packed.through, message)
        return True

    def _packed_ahead(self, lane: Lane) -> Packed | None:
        """What was made ready for this lane, if it still is what comes next."""
        if self._ahead is None or self._ahead.lane is not lane:
            return None
        packed, self._ahead = self._ahead, None
        return packed if self._streams.is_due(packed) and packed.applied == self._duty.applied() else None

    def _pack(self, lane: Lane) -> Packed | None:
        before, chosen = self._streams.next_due(lane)
        if not chosen:
            return None
        applied = self._duty.applied()
        data = self._sealed(Note(self._duty.channel, encode(batch_of(before, chosen, applied))))
        return Packed(lane, chosen[0].seq, chosen[-1].seq, size_of(chosen), data, applied)
