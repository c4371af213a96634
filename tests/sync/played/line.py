"""One connection to the brokers in memory: the port of `sync.broker.Connection`, used by its owner's task.

Without a fate a message arrives, in order, after ten milliseconds.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from kiosk.store.watch import CommitWatch
from sync.broker import Carried, Connected, Happening, Lost, Will
from tests.sync.played.wire import LOOK_S, Fate, Refusal, Wire

LATENCY_S = 0.01
KEEPALIVE_S = 45.0
REFUSED = "Not authorized"


class Blind(CommitWatch):
    """As where there is no inotify; and closing one of the kernel's takes longer than a whole conversation here."""

    def __init__(self, _database: Path) -> None:
        self.fileno = None


class Line:
    """A kiosk's client is named by its device and duty, the central's begins with `central-`."""

    def __init__(self, wire: Wire, client_id: str, will: Will | None = None, tls: ssl.SSLContext | None = None) -> None:
        assert tls is None
        self.client_id, self.will = client_id, will
        self.device = "" if client_id.startswith("central-") else client_id.rpartition("-")[0]
        self.topics: list[str] = []
        self.host, self.port = "", 0
        self._wire = wire
        self._happened: list[Happening] = []
        self._number = 0
        self._open = self._silent = False

    def connect(self, host: str, port: int) -> None:
        self.host, self.port = host, port
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
        if fate is Fate.LOSE and not self.device:
            fate = Fate.FORGET  # on a living connection TCP does not lose; a kiosk's network may do anything
        self._meet(fate, topic, payload, retain)
        wire.before_step(self)
        return self._number

    def _meet(self, fate: Fate, topic: str, payload: bytes, retain: bool) -> None:
        wire, refusal = self._wire, self._wire.judge(self.device)
        match fate:
            case Fate.SILENT:
                self.hush()
            case Fate.CUT_BEFORE:
                self.cut("cut")
            case Fate.LOSE:
                pass
            case Fate.REFUSE:
                self.put(Carried(self._number, False, REFUSED))
            case _ if refusal is Refusal.TOLD:
                self.put(Carried(self._number, False, REFUSED))
            case Fate.CUT_AFTER:
                if refusal is None:
                    wire.route(self.port, topic, payload, retain)
                self.cut("cut")
            case _:
                wire.carried.append((topic, payload))
                self.put(Carried(self._number, True, "Success"))
                if refusal is None:
                    self._pass_on(fate, topic, payload, retain)

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
        """A commit wakes nobody: the clock has to do."""
        wire = self._wire
        wire.before_step(self)
        if not self._happened and timeout_s > 0:
            within_s = LOOK_S if woken is not None else timeout_s
            wire.turns.wait(max(within_s, wire.look_s), lambda: bool(self._happened))
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

    def cut(self, why: str, taken_over: bool = False) -> None:
        if self._open:
            self._open = False
            self._happened.append(Lost(why, taken_over))
            self._wire.leave(self)

    def close(self) -> None:
        self.will = None
        self.abandon()

    def abandon(self) -> None:
        self._open = False
        self._wire.leave(self)
