"""A batch as it came: the message that the kiosk signed, and what it says. Pure.

The message itself is what is kept (see `segments`): nothing is lost by copying it into columns, a body that no column
could hold is no case, and whoever doubts an event years later can check the kiosk's signature over it.
"""

from __future__ import annotations

import msgspec

from kiosk.core.event import Event, Lane
from sync.wire.envelope import contents
from sync.wire.messages import Batch, decode, events_of, hashes_of

Stream = tuple[str, str, Lane]


class Delivery(msgspec.Struct, frozen=True):
    """`events` are one stream's, each following the one before; `hashes` their chain, which follows `before`."""

    message: bytes
    batch: Batch
    events: list[Event]
    before: bytes
    hashes: list[bytes]
    received_ms: int

    @property
    def stream(self) -> Stream:
        first = self.events[0]
        return first.device, first.epoch, first.lane


def delivery(device: str, message: bytes, batch: Batch, received_ms: int) -> Delivery:
    """What came in a message whose signature holds and whose payload is `batch`. Raises BadMessage."""
    events = events_of(device, batch)
    return Delivery(message, batch, events, bytes.fromhex(batch.before), hashes_of(batch, events), received_ms)


def events_in(device: str, message: bytes) -> list[Event]:
    """The events of a message that was kept."""
    return events_of(device, decode(contents(message), Batch))
