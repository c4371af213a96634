"""Brokers and their network in memory, that do to each message what a schedule says.

What one broker with QoS 1 on TCP does not do to a message (double it, reorder it, forget it after its PUBACK) is done
all the same: brokers restart, bridge and fail over. A broker judges permissions as Mosquitto does: what may not be
written is refused or quietly dropped, and what may not be read is not delivered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol

from sync.broker import Arrived, Happening, Will
from tests.sync.played.turns import Turns

PORTS = (1883, 1884)
LOOK_S = 0.25  # a busy machine: whoever asks to be woken in 20 ms is, when something came, and else a bit later


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


class Refusal(Enum):
    """How a broker treats what a client may not publish."""

    QUIET = auto()  # MQTT 3.1.1: a PUBACK like any other, and it is dropped
    TOLD = auto()  # MQTT 5: a PUBACK with a reason of 0x80 or more


class Plugged(Protocol):
    """One connection, as the brokers see it. `device` is empty for whoever is no kiosk's; `host` as it was dialled."""

    client_id: str
    device: str
    host: str
    port: int
    topics: list[str]
    will: Will | None

    def put(self, happening: Happening, after_s: float = 0.0) -> None: ...

    def cut(self, why: str, taken_over: bool = False) -> None: ...

    def hush(self) -> None: ...


class Wire:
    """The brokers, one a port, which know nothing of one another.

    `fates`: what happens to the next messages of a channel down to a kiosk, and ("") of any.
    """

    def __init__(self, turns: Turns) -> None:
        self.turns, self.look_s = turns, LOOK_S
        self.fates: dict[str, deque[Fate]] = {channel: deque() for channel in ("ack", "alert", "")}
        self.carried: list[tuple[str, bytes]] = []  # what some PUBACK has accepted
        self.handed: list[tuple[str, bytes]] = []
        self.past: deque[tuple[str, bytes]] = deque(maxlen=60)  # what a stranger may have heard
        self.before_step: Callable[[Plugged], None] = lambda _line: None
        self._lines: list[Plugged] = []
        self._retained: dict[tuple[int, str], bytes] = {}
        self._dead: set[int] = set()
        self._revoked: dict[str, tuple[Refusal, int]] = {}

    # What happens to brokers

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

    def revoke(self, device: str, refusal: Refusal, after: int) -> None:
        """A device may neither write nor read any more, once it has published so many messages more."""
        self._revoked[device] = (refusal, after)

    def permit(self, device: str) -> None:
        self._revoked.pop(device, None)

    # What clients do

    def enter(self, line: Plugged) -> None:
        if line.port in self._dead:
            raise ConnectionRefusedError("nobody listens")
        for old in [held for held in self._lines if (held.client_id, held.port) == (line.client_id, line.port)]:
            old.cut("session taken over", taken_over=line.port == PORTS[0])  # not every broker says so
        self._lines.append(line)

    def leave(self, line: Plugged) -> None:
        if line in self._lines:
            self._lines.remove(line)
            if line.will is not None:
                self.route(line.port, line.will.topic, line.will.payload, retain=True)

    def judge(self, device: str) -> Refusal | None:
        """Whether a message that a device publishes now is refused, and how."""
        if device not in self._revoked:
            return None
        refusal, after = self._revoked[device]
        self._revoked[device] = (refusal, max(0, after - 1))
        return refusal if after <= 0 else None

    def route(self, port: int, topic: str, payload: bytes, retain: bool = False, after_s: float = 0.0) -> None:
        self.past.append((topic, payload))
        if retain:
            self._retained[port, topic] = payload
        for line in list(self._lines):
            if line.port == port and self._may_read(line) and any(_matches(wanted, topic) for wanted in line.topics):
                line.put(Arrived(topic, payload), after_s)

    def retained_for(self, line: Plugged, topics: Sequence[str]) -> None:
        for (port, topic), payload in self._retained.items():
            if port == line.port and self._may_read(line) and any(_matches(wanted, topic) for wanted in topics):
                line.put(Arrived(topic, payload, retained=True))

    def _may_read(self, line: Plugged) -> bool:
        return self._revoked.get(line.device, (None, 1))[1] > 0


def _matches(pattern: str, topic: str) -> bool:
    wanted, parts = pattern.split("/"), topic.split("/")
    return len(wanted) == len(parts) and all(want in ("+", part) for want, part in zip(wanted, parts, strict=True))
