"""The host's end of the talk with the box, without wires: bytes and time in, readings and bytes out.

One session outlives its connections, for the box repeats what was never acknowledged; `event_order` reads each event
once and in order. Acknowledged is only what is decided and on disk; a host that died in the middle of a hold finds the
whole press again.

How far edges are known depends on the wire. One that loses nothing (a socket) tells of its own end, so all is known up
to now. On one that loses frames (a serial line) silence proves nothing: there edges are known only up to the board's
time in the last frame that says what is held, when none of it is missing. Neither a lost release nor a board that died
in the middle of a hold can so become a press.

On a lossless wire the box's clock is mapped to ours by the least delayed of the last samples, so that a stalled loop
cannot squeeze a hold; over those 16 s two crystals drift apart by less than 2 ms. On the other kind all is told in the
box's own time, set beside ours once in each of its boots: holds then are what the box measured, however late it came.
"""

from __future__ import annotations

import logging
from collections import deque

from firmware_bridge.condition import Condition
from firmware_bridge.debounce import Edge
from firmware_bridge.event_order import Arrival, EventOrder
from firmware_bridge.frames import (
    BoxCondition,
    BoxEdge,
    BoxHello,
    BoxPong,
    Codec,
    FromBox,
    HostAck,
    HostHello,
    HostPing,
    HostShow,
    JsonLines,
)
from firmware_bridge.ports import Command, Reading, Started

PING_MS = 1_000
GREET_AGAIN_MS = 250  # a press must not wait a second for a greeting that noise has spoilt
SUSPECT_MS = 3_000
DEAD_MS = 5_000
ACKS_A_FRAME = 48  # what a frame of the panel board holds

log = logging.getLogger("bridge.box")


class BoxSession:
    """Used by one thread. `dropped` counts what was no frame and `missed` what never came, over all connections;
    `box_dropped` is the box's own count of frames it could not read, in this boot."""

    def __init__(self, codec: Codec | None = None) -> None:
        self.dropped = self.missed = self.box_dropped = 0
        self.protocol: int | None = None
        self.conditions: dict[str, str] = {}
        self._codec = codec or JsonLines()
        self._reader = self._codec.reader()
        self._board = self._boot = ""
        self._inputs: tuple[str, ...] = ()
        self._order = EventOrder()
        self._newest = 0
        self._offsets: deque[int] = deque(maxlen=16)
        self._number = 0
        self._heard_ms = self._pinged_ms = self._certain_ms = 0
        self._connected = False
        self._greeting = self._out = b""

    @property
    def our_protocol(self) -> int:
        return self._codec.protocol

    def connected(self, now_ms: int, line: int = 0) -> None:
        """A new connection: whatever was half read or half written is gone. `line` is new for each."""
        self._reader = self._codec.reader()
        self._heard_ms = self._pinged_ms = now_ms
        self._greeting = self._codec.encode(HostHello(self._codec.protocol, line))
        self._connected, self.protocol, self._out = True, None, self._greeting

    def lost(self, now_ms: int) -> None:
        """The connection is gone; edges are known up to now and no further."""
        self._certain_ms = self.certain_until_ms(now_ms)
        self._connected, self.protocol, self._out = False, None, b""

    def receive(self, data: bytes, now_ms: int) -> list[Reading | Condition]:
        """What `data` says, in order."""
        dropped_before, missed_before = self._reader.dropped, self._reader.missed
        readings = [reading for frame in self._reader.feed(data) for reading in self._frame(frame, now_ms)]
        self.dropped += self._reader.dropped - dropped_before
        self.missed += self._reader.missed - missed_before
        return readings

    def outgoing(self, now_ms: int) -> bytes:
        """Bytes to write now; a ping among them when one is due, or the greeting again while it goes unanswered."""
        greeted = self.protocol is not None
        if self._connected and now_ms - self._pinged_ms >= (PING_MS if greeted else GREET_AGAIN_MS):
            self._number += greeted
            self._pinged_ms = now_ms
            self._out += self._codec.encode(HostPing(self._number)) if greeted else self._greeting
        out, self._out = self._out, b""
        return out

    def silent_ms(self, now_ms: int) -> int:
        """For how long a connected box has said nothing."""
        return now_ms - self._heard_ms

    def certain_until_ms(self, now_ms: int) -> int:
        """Up to when all edges are known: not beyond a lost line, nor beyond what is still being repeated."""
        if self._codec.lossless and self._connected and self.protocol is not None and self._order.has_all(self._newest):
            return now_ms
        return self._certain_ms

    def show(self, command: Command) -> None:
        if self._connected:
            self._number += 1
            self._out += self._codec.encode(HostShow(self._number, command))

    def settle(self, name: str) -> None:
        """Every event read of this input or part has had its durable effect: the box may forget them."""
        counters = self._order.decided(name)
        if self._connected:
            for start in range(0, len(counters), ACKS_A_FRAME):
                self._out += self._codec.encode(HostAck(self._boot, counters[start : start + ACKS_A_FRAME]))

    def _frame(self, frame: FromBox, now_ms: int) -> list[Reading | Condition]:
        self._heard_ms = now_ms
        if isinstance(frame, BoxHello):
            return self._hello(frame, now_ms)
        if self.protocol is None:  # nothing counts before the box has said who it is
            return []
        if frame.boot not in ("", self._boot):  # it booted, and its greeting was lost: its counters mean other edges
            self.protocol, self._out = None, self._out + self._greeting
            return []
        if isinstance(frame, BoxPong):
            return self._pong(frame, now_ms)
        return self._event(frame)

    def _hello(self, hello: BoxHello, now_ms: int) -> list[Reading | Condition]:
        self.protocol, self._newest = hello.protocol, hello.newest
        self.conditions = dict(hello.conditions)
        readings: list[Reading | Condition] = []
        if (hello.board, hello.boot) != (self._board, self._boot):
            self._board, self._boot, self._inputs = hello.board, hello.boot, tuple(hello.levels)
            self._order = EventOrder(hello.forgotten)
            self._offsets.clear()
            self._sample(hello.at_ms, now_ms)
            self._certain_ms = self._ours(hello.since_ms)
            readings = [Started(hello.levels, self._certain_ms)]
            log.info(
                "box greeted",
                extra={"board": hello.board, "boot": hello.boot, "protocol": hello.protocol}
                | {"firmware": hello.firmware, "started_by": hello.started_by},
            )
        readings += self._forget(hello.forgotten)
        self._prove(hello.at_ms, hello.newest, now_ms)
        return readings

    def _pong(self, pong: BoxPong, now_ms: int) -> list[Reading | Condition]:
        self.box_dropped = pong.dropped
        readings = self._forget(pong.forgotten)
        self._prove(pong.at_ms, pong.newest, now_ms)
        return readings

    def _forget(self, forgotten: int) -> list[Reading | Condition]:
        """The box had to forget events up to this one. If any was unread, what is known of the contacts proves
        nothing any more: a hold that is running is not counted, rather than counted across what nobody saw."""
        if not self._order.forgot(forgotten):
            return []
        log.warning("box forgot events", extra={"boot": self._boot, "forgotten": forgotten})
        return [Started(dict.fromkeys(self._inputs, False), self._certain_ms)]

    def _event(self, event: BoxEdge | BoxCondition) -> list[Reading | Condition]:
        name = event.input if isinstance(event, BoxEdge) else event.part
        arrival = self._order.arrived(name, event.counter, event.before)
        if arrival is Arrival.DECIDED:
            self._out += self._codec.encode(HostAck(self._boot, [event.counter]))
        if arrival is not Arrival.NEW:
            return []
        at_ms = self._ours(event.at_ms)
        self._certain_ms = max(self._certain_ms, at_ms)
        key = f"{self._board}:{self._boot}:{event.counter}"
        if isinstance(event, BoxEdge):
            return [Edge(name, event.level, at_ms, key)]
        self.conditions[name] = event.state
        return [Condition(name, event.state, event.value, at_ms, key)]

    def _prove(self, at_ms: int, newest: int, now_ms: int) -> None:
        """A frame of the box's time `at_ms` says that nothing newer than `newest` is held."""
        self._sample(at_ms, now_ms)
        if self._order.has_all(newest):
            self._certain_ms = max(self._certain_ms, self._ours(at_ms))

    def _sample(self, box_ms: int, now_ms: int) -> None:
        if self._codec.lossless or not self._offsets:
            self._offsets.append(now_ms - box_ms)

    def _ours(self, box_ms: int) -> int:
        return box_ms + min(self._offsets)
