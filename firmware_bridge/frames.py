"""The frames between bridge and box, and the first of their two codecs: one JSON object a line. See PROTOCOL.md.

The values are the same for the simulated box and for the panel board; only how they become bytes differs
(`panel.codec` is the other one), so one session serves both. Pure: bytes in, frames out, and a count of what was no
frame. A line that is too long, is no JSON or does not fit its type is dropped and counted, and never disturbs the line
after it. Times are milliseconds of the *sender's* clock.
"""

from __future__ import annotations

from typing import Annotated, Generic, Protocol, TypeVar

import msgspec

from firmware_bridge.ports import Command

PROTOCOL = 1
FRAME_LIMIT_BYTES = 1_024
WORDS_LIMIT = 160  # characters; in any script that people here read the frame then fits its limit
FAULT_WORDS_LIMIT = 40
FAULTS_LIMIT = 4

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class BoxHello(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="box"):
    """First frame of the box on every connection. `levels` are those before the oldest edge of each input that was
    never acknowledged, as of `since_ms`; the held events up to counter `newest` (0: none) follow at once.
    `conditions` are the parts that are not normal now, `forgotten` is the newest event that was given up for want of
    room (0: none)."""

    protocol: int
    board: Name
    boot: Name
    at_ms: Whole
    since_ms: Whole
    newest: Whole
    levels: dict[Name, bool]
    conditions: dict[Name, Name] = {}
    firmware: str = ""
    started_by: str = ""
    capabilities: tuple[Name, ...] = ()
    forgotten: Whole = 0


class BoxEdge(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="edge"):
    """A raw edge, resent every 500 ms until acknowledged; (board, boot, counter) names it for good. Counters start
    at 1; `before` is the one that is still held before it (0: none), so that a lost line shows as a gap. `boot` is
    told where one connection may see several boots; empty is that of the last greeting."""

    counter: Whole
    before: Whole
    input: Name
    level: bool
    at_ms: Whole
    boot: str = ""


class BoxCondition(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="condition"):
    """A part of the box became normal or stopped being so; numbered, held and repeated as edges are. Parts are
    `loop/` with the input's name, `board/lid`, `board/supply` and `board/self-test`."""

    counter: Whole
    before: Whole
    part: Name
    state: Name
    value: Whole
    at_ms: Whole
    boot: str = ""


class BoxPong(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="pong"):
    """Answers a ping, and on a wire that may lose frames it also comes unasked while anything is going on. `newest`
    is the last event that is held: a host that has all up to it knows every edge up to `at_ms`. `dropped` counts
    what the box could not read."""

    number: Whole
    at_ms: Whole
    boot: str = ""
    newest: Whole = 0
    dropped: Whole = 0
    forgotten: Whole = 0


class HostHello(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="host"):
    """First frame of the host. `line` is new for every connection, so that a box can tell a repeated greeting."""

    protocol: int
    line: Whole = 0


class HostPing(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    number: Whole


class HostAck(msgspec.Struct, frozen=True, tag_field="type", tag="ack"):
    """These edges have had their durable effect."""

    boot: Name
    counters: Annotated[list[Whole], msgspec.Meta(max_length=64)]


class HostShow(msgspec.Struct, frozen=True, tag_field="type", tag="show"):
    number: Whole
    command: Command


FromBox = BoxHello | BoxEdge | BoxCondition | BoxPong
FromHost = HostHello | HostPing | HostAck | HostShow
Frame = TypeVar("Frame")


class Reader(Protocol):
    """Cuts what a box says into frames. `dropped` counts what was none, `missed` what never came, where that shows."""

    dropped: int

    @property
    def missed(self) -> int: ...

    def feed(self, data: bytes) -> list[FromBox]:
        """Frames that are complete with `data`, in order."""


class Codec(Protocol):
    """How frames are put on one kind of wire, as the host needs it."""

    protocol: int
    lossless: bool  # whether the wire itself repeats what it lost, as a socket does and a serial line does not

    def reader(self) -> Reader:
        """For a new connection."""

    def encode(self, frame: FromHost) -> bytes: ...


def encode(frame: FromBox | FromHost) -> bytes:
    return msgspec.json.encode(frame) + b"\n"


class JsonLines:
    """The codec of the simulated box."""

    protocol = PROTOCOL
    lossless = True

    def reader(self) -> Reader:
        return frames_from_box()

    def encode(self, frame: FromHost) -> bytes:
        return _fitting(frame) if isinstance(frame, HostShow) else encode(frame)


def _fitting(show: HostShow) -> bytes:
    """The frame, with its words cut down until it is no longer than the box reads."""
    command = show.command
    words = command.message[:WORDS_LIMIT]
    faults = tuple(fault[:FAULT_WORDS_LIMIT] for fault in command.faults[:FAULTS_LIMIT])
    while True:
        shorter = msgspec.structs.replace(command, message=words, faults=faults)
        frame = encode(HostShow(show.number, shorter))
        if len(frame) <= FRAME_LIMIT_BYTES or not (words or faults):
            return frame
        words, faults = (words, faults[:-1]) if faults else (words[: len(words) // 2], ())


class FrameReader(Generic[Frame]):
    """Cuts a stream of bytes into frames of one direction. `dropped` counts the lines that were none."""

    def __init__(self, decoder: msgspec.json.Decoder[Frame]) -> None:
        self._decoder = decoder
        self._pending = b""
        self._skipping = False
        self.dropped = 0

    @property
    def missed(self) -> int:
        return 0

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
