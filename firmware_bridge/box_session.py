"""The host's end of the talk with the box, without sockets: bytes and time in, readings and bytes out.

One session outlives its connections, for the box repeats what was never acknowledged: a known edge is dropped (and
acknowledged again if it has had its effect), a lost line shows as a gap and waits for its repetition, so edges are
always read in order. Acknowledged is only what is decided and on disk; a host that died in the middle of a hold finds
the whole press again. The box's clock is mapped to ours by the least delayed of the last samples, so that a stalled
loop cannot squeeze a hold; over those 16 s two crystals drift apart by less than 2 ms.
"""

from __future__ import annotations

from collections import deque

import msgspec

from firmware_bridge.debounce import Edge
from firmware_bridge.frames import (
    FRAME_LIMIT_BYTES,
    PROTOCOL,
    BoxEdge,
    BoxHello,
    BoxPong,
    FromBox,
    HostAck,
    HostHello,
    HostPing,
    HostShow,
    encode,
    frames_from_box,
)
from firmware_bridge.ports import Command, Reading, Started

PING_MS = 1_000
SUSPECT_MS = 3_000
DEAD_MS = 5_000
ACKS_A_FRAME = 64
WORDS_LIMIT = 160  # characters; in any script that people here read the frame then fits its limit
FAULT_WORDS_LIMIT = 40
FAULTS_LIMIT = 4


class BoxSession:
    """Used by one thread. `dropped` counts lines that were no frames, over all connections."""

    def __init__(self) -> None:
        self.dropped = 0
        self.protocol: int | None = None
        self._reader = frames_from_box()
        self._board = self._boot = ""
        self._next = 1
        self._newest = 0
        self._undecided: dict[str, list[int]] = {}
        self._offsets: deque[int] = deque(maxlen=16)
        self._number = 0
        self._heard_ms = self._pinged_ms = self._certain_ms = 0
        self._connected = False
        self._out = b""

    def connected(self, now_ms: int) -> None:
        """A new connection: whatever was half read or half written is gone."""
        self._reader = frames_from_box()
        self._heard_ms = self._pinged_ms = now_ms
        self._connected, self.protocol, self._out = True, None, encode(HostHello(PROTOCOL))

    def lost(self, now_ms: int) -> None:
        """The connection is gone; edges are known up to now and no further."""
        self._certain_ms = self.certain_until_ms(now_ms)
        self._connected, self.protocol, self._out = False, None, b""

    def receive(self, data: bytes, now_ms: int) -> list[Reading]:
        """What `data` says, in order."""
        dropped_before = self._reader.dropped
        readings = [reading for frame in self._reader.feed(data) for reading in self._frame(frame, now_ms)]
        self.dropped += self._reader.dropped - dropped_before
        return readings

    def outgoing(self, now_ms: int) -> bytes:
        """Bytes to write now; a ping among them when one is due."""
        if self._connected and now_ms - self._pinged_ms >= PING_MS:
            self._number += 1
            self._pinged_ms = now_ms
            self._out += encode(HostPing(self._number))
        out, self._out = self._out, b""
        return out

    def silent_ms(self, now_ms: int) -> int:
        """For how long a connected box has said nothing."""
        return now_ms - self._heard_ms

    def certain_until_ms(self, now_ms: int) -> int:
        """Up to when all edges are known: not beyond a lost line, nor beyond what is still being repeated."""
        if self._connected and self.protocol is not None and self._next > self._newest:
            return now_ms
        return self._certain_ms

    def show(self, command: Command) -> None:
        if self._connected:
            self._number += 1
            self._out += _fitting(HostShow(self._number, command))

    def settle(self, name: str) -> None:
        """Every edge read of this input has had its durable effect: the box may forget them."""
        counters = self._undecided.pop(name, [])
        if self._connected:
            for start in range(0, len(counters), ACKS_A_FRAME):
                self._out += encode(HostAck(self._boot, counters[start : start + ACKS_A_FRAME]))

    def _frame(self, frame: FromBox, now_ms: int) -> list[Reading]:
        self._heard_ms = now_ms
        if isinstance(frame, BoxHello):
            return self._hello(frame, now_ms)
        if self.protocol is None:  # nothing counts before the box has said who it is
            return []
        if isinstance(frame, BoxPong):
            self._offsets.append(now_ms - frame.at_ms)
            return []
        return self._edge(frame)

    def _hello(self, hello: BoxHello, now_ms: int) -> list[Reading]:
        self.protocol, self._newest = hello.protocol, hello.newest
        self._offsets.append(now_ms - hello.at_ms)
        if (hello.board, hello.boot) == (self._board, self._boot):
            return []
        self._board, self._boot, self._next = hello.board, hello.boot, 1
        self._undecided.clear()
        self._offsets.clear()
        self._offsets.append(now_ms - hello.at_ms)
        self._certain_ms = self._ours(hello.since_ms)
        return [Started(hello.levels, self._certain_ms)]

    def _edge(self, edge: BoxEdge) -> list[Reading]:
        if edge.counter < self._next:
            if edge.counter not in self._undecided.get(edge.input, []):
                self._out += encode(HostAck(self._boot, [edge.counter]))
            return []
        if edge.before >= self._next:  # a line before this one was lost; both come again
            return []
        self._next = edge.counter + 1
        self._undecided.setdefault(edge.input, []).append(edge.counter)
        self._certain_ms = self._ours(edge.at_ms)
        return [Edge(edge.input, edge.level, self._certain_ms, f"{self._board}:{self._boot}:{edge.counter}")]

    def _ours(self, box_ms: int) -> int:
        return box_ms + min(self._offsets)


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
