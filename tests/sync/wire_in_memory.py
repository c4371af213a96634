"""A broker and its network in memory, that do to each message what a schedule says: for the test of schedules only.

`Line` has the port of `sync.broker.Connection`. Without a fate a message arrives, in order, after ten milliseconds.
What one broker with QoS 1 on TCP does not do to a message (double it, reorder it, forget it after its PUBACK) is done
all the same: brokers restart, bridge and fail over.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto

from sync.broker import Arrived, Carried, Connected, Happening, Lost, Will
from tests.sync.turns import Turns

LATENCY_S = 0.01
LOOK_S = 0.25  # a busy machine: whoever asks to be woken in 20 ms is, when something came, and else a bit later
KEEPALIVE_S = 45.0


class Fate(Enum):
    DELIVER = auto()
    LOSE = auto()  # neither carried nor heard of again
    FORGET = auto()  # carried, and then the broker loses it
    DOUBLE = auto()
    DELAY = auto()  # later ones overtake it
    TRUNCATE = auto()
    REFUSE = auto()  # PUBACK with a reason of 0x80 or more
    CUT_BEFORE = auto()
    CUT_AFTER = auto()  # it arrives, its PUBACK does not
    SILENT = auto()  # from here on nothing passes, and nobody says so


class Wire:
    """The brokers, one a port, which know nothing of one another.

    `fates`: what happens to the next messages of a channel down to the kiosk, and ("") of any.
    """

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.fates: dict[str, deque[Fate]] = {channel: deque() for channel in ("ack", "alert", "")}
        self.carried: list[tuple[str, bytes]] = []  # what some PUBACK has accepted
        self.handed: list[tuple[str, bytes]] = []
        self.before_step: Callable[[Line], None] = lambda _line: None
        self._lines: list[Line] = []
        self.past: deque[tuple[str, bytes]] = deque(maxlen=60)  # what a stranger may have heard
        self._retained: dict[tuple[int, str], bytes] = {}
        self._dead: set[int] = set()

    def line(self, client_id: str, will: Will | None = None, tls: ssl.SSLContext | None = None) -> Line:
        assert tls is None
        return Line(self, client_id, will)

    def restart(self) -> None:
        """Every session, queue and retained message is gone."""
        self._retained.clear()
        for line in list(self._lines):
            line.will = None
            line.cut("the broker restarts")

    def fail(self, port: int) -> None:
        """One broker is gone until it is revived."""
        self._dead.add(port)
        for line in [held for held in self._lines if held.port == port]:
            line.will = None
            line.cut("the broker died")

    def revive(self) -> None:
        self._dead.clear()

    def hush(self) -> None:
        """The network swallows everything from now on, without a word, until connections are made anew."""
        for line in list(self._lines):
            line.hush()

    def enter(self, line: Line) -> None:
        if line.port in self._dead:
            raise ConnectionRefusedError("nobody listens")
        for old in [held for held in self._lines if (held.client_id, held.port) == (line.client_id, line.port)]:
            old.cut("session taken over")
        self._lines.append(line)

    def leave(self, line: Line) -> None:
        if line in self._lines:
            self._lines.remove(line)
            if line.will is not None:
                self.route(line.port, line.will.topic, line.will.payload, retain=True)

    def route(self, port: int, topic: str, payload: bytes, retain: bool = False, after_s: float = 0.0) -> None:
        self.past.append((topic, payload))
        if retain:
            self._retained[port, topic] = payload
        for line in list(self._lines):
            if line.port == port and any(_matches(pattern, topic) for pattern in line.topics):
                line.put(Arrived(topic, payload), after_s)

    def stranger(self, port: int, which: int, fate: Fate) -> None:
        """Somebody says again what was said before, as it was or altered; what is his own nobody has signed."""
        if not self.past:
            return
        topic, payload = self.past[which % len(self.past)]
        if fate is Fate.TRUNCATE:
            payload = payload[: len(payload) // 2]
        elif fate is Fate.REFUSE:  # altered by a bit
            at = which % len(payload)
            payload = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        elif fate is Fate.DELAY:
            payload = payload[:4] + bytes(300_000)
        self.route(port, topic, payload)

    def retained_for(self, line: Line, topics: Sequence[str]) -> None:
        for (port, topic), payload in self._retained.items():
            if port == line.port and any(_matches(pattern, topic) for pattern in topics):
                line.put(Arrived(topic, payload, retained=True))


class Line:
    """One connection, used by its owner's task."""

    def __init__(self, wire: Wire, client_id: str, will: Will | None) -> None:
        self.client_id, self.will = client_id, will
        self.topics: list[str] = []
        self.port = 0
        self.is_agent = not client_id.startswith("central-")
        self._wire = wire
        self._happened: list[Happening] = []
        self._number = 0
        self._open = self._silent = False

    def connect(self, host: str, port: int) -> None:
        self.port = port
        self._wire.enter(self)
        self._open = True
        self.put(Connected())

    def subscribe(self, topics: Sequence[str]) -> None:
        self.topics += topics
        self._wire.retained_for(self, topics)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> int:
        wire = self._wire
        wire.before_step(self)
        if not self._open:
            raise ConnectionError("koneksi ke broker terputus")
        self._number += 1
        wire.handed.append((topic, payload))
        if self._silent:
            return self._number
        waiting = wire.fates.get(topic.rpartition("/down/")[2]) or wire.fates[""]
        fate = waiting.popleft() if waiting else Fate.DELIVER
        if fate is Fate.LOSE and not self.is_agent:
            fate = Fate.FORGET  # on a living connection TCP does not lose; a kiosk's network may do anything
        match fate:
            case Fate.SILENT:
                self.hush()
            case Fate.CUT_BEFORE:
                self.cut("cut")
            case Fate.CUT_AFTER:
                wire.route(self.port, topic, payload, retain)
                self.cut("cut")
            case Fate.REFUSE:
                self.put(Carried(self._number, False, "Not authorized"))
            case Fate.LOSE:
                pass
            case _:
                wire.carried.append((topic, payload))
                self.put(Carried(self._number, True, "Success"))
                self._pass_on(fate, topic, payload, retain)
        wire.before_step(self)
        return self._number

    def _pass_on(self, fate: Fate, topic: str, payload: bytes, retain: bool) -> None:
        match fate:
            case Fate.DOUBLE:
                self._wire.route(self.port, topic, payload, retain)
                self._wire.route(self.port, topic, payload, retain, after_s=0.7)
            case Fate.DELAY:
                self._wire.route(self.port, topic, payload, retain, after_s=4.0)
            case Fate.TRUNCATE:
                self._wire.route(self.port, topic, payload[: len(payload) * 2 // 3])
            case Fate.DELIVER:
                self._wire.route(self.port, topic, payload, retain)

    def step(self, timeout_s: float, woken: int | None = None) -> list[Happening]:
        """What would wake it is not looked at: as where there is no inotify, the clock has to do."""
        self._wire.before_step(self)
        if not self._happened and timeout_s > 0:
            self._wire.turns.wait(LOOK_S if woken is not None else max(timeout_s, LOOK_S), lambda: bool(self._happened))
        happened, self._happened = self._happened, []
        return happened

    def put(self, happening: Happening, after_s: float = 0.0) -> None:
        def arrive() -> None:
            if self._open and not self._silent:
                self._happened.append(happening)

        self._wire.turns.later(LATENCY_S + after_s, arrive)

    def hush(self) -> None:
        self._silent = True
        self._wire.turns.later(KEEPALIVE_S, lambda: self.cut("keepalive"))

    def cut(self, why: str) -> None:
        if self._open:
            self._open = False
            self._happened.append(Lost(why))
            self._wire.leave(self)

    def close(self) -> None:
        self.will = None
        self.abandon()

    def abandon(self) -> None:
        self._open = False
        self._wire.leave(self)


def _matches(pattern: str, topic: str) -> bool:
    wanted, parts = pattern.split("/"), topic.split("/")
    return len(wanted) == len(parts) and all(want in ("+", part) for want, part in zip(wanted, parts, strict=True))
