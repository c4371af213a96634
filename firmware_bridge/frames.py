"""The frames between bridge and simulated box: one JSON object a line, both ways. See PROTOCOL.md.

Pure: bytes in, frames out, and a count of what was no frame. A line that is too long, is no JSON or does not fit its
type is dropped and counted, and never disturbs the line after it. Times are milliseconds of the *sender's* clock.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

import msgspec

from firmware_bridge.ports import Command

PROTOCOL = 1
FRAME_LIMIT_BYTES = 1_024

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class BoxHello(msgspec.Struct, frozen=True, tag_field="type", tag="box"):
    """First frame of the box on every connection. `levels` are those before the oldest edge of each input that was
    never acknowledged, as of `since_ms`; the held edges up to counter `newest` (0: none) follow at once."""

    protocol: int
    board: Name
    boot: Name
    at_ms: Whole
    since_ms: Whole
    newest: Whole
    levels: dict[Name, bool]


class BoxEdge(msgspec.Struct, frozen=True, tag_field="type", tag="edge"):
    """A raw edge, resent every 500 ms until acknowledged; (board, boot, counter) names it for good. Counters start
    at 1; `before` is the one that is still held before it (0: none), so that a lost line shows as a gap."""

    counter: Whole
    before: Whole
    input: Name
    level: bool
    at_ms: Whole


class BoxPong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    number: Whole
    at_ms: Whole


class HostHello(msgspec.Struct, frozen=True, tag_field="type", tag="host"):
    protocol: int


class HostPing(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    number: Whole


class HostAck(msgspec.Struct, frozen=True, tag_field="type", tag="ack"):
    """These edges have had their durable effect."""

    boot: Name
    counters: Annotated[list[Whole], msgspec.Meta(max_length=64)]


class HostShow(msgspec.Struct, frozen=True, tag_field="type", tag="show"):
    number: Whole
    command: Command


FromBox = BoxHello | BoxEdge | BoxPong
FromHost = HostHello | HostPing | HostAck | HostShow
Frame = TypeVar("Frame")


def encode(frame: FromBox | FromHost) -> bytes:
    return msgspec.json.encode(frame) + b"\n"


class FrameReader(Generic[Frame]):
    """Cuts a stream of bytes into frames of one direction. `dropped` counts the lines that were none."""

    def __init__(self, decoder: msgspec.json.Decoder[Frame]) -> None:
        self._decoder = decoder
        self._pending = b""
        self._skipping = False
        self.dropped = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that are complete with `data`, in order."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        frames = [frame for line in lines if (frame := self._line(line)) is not None]
        if len(self._pending) > FRAME_LIMIT_BYTES:
            self.dropped += not self._skipping
            self._skipping, self._pending = True, b""
        return frames

    def _line(self, line: bytes) -> Frame | None:
        if self._skipping:  # the tail of a line that was too long, counted already
            self._skipping = False
            return None
        try:
            if len(line) <= FRAME_LIMIT_BYTES:
                return self._decoder.decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass  # counted below: a wire may bring anything, and the box resends what mattered
        self.dropped += 1
        return None


def frames_from_box() -> FrameReader[FromBox]:
    return FrameReader(msgspec.json.Decoder(FromBox))


def frames_from_host() -> FrameReader[FromHost]:
    return FrameReader(msgspec.json.Decoder(FromHost))
