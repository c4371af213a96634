"""A hall on one table: a hub and satellites with stores and clocks of their own, and a line that a test can spoil."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from kiosk.core.clock import ManualClock
from kiosk.core.decoding import from_json
from kiosk.core.hall.arrival import Bridge, bridged
from kiosk.core.hall.day import ToldDay
from kiosk.core.hall.messages import Answer, Picture, Question
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import Ticket
from kiosk.store import hall_hub, satellite, satellite_answer
from kiosk.store.database import Store, open_store
from kiosk.store.hall_merge import Hub
from kiosk.store.issue_batch import Wish
from kiosk.store.issuer import Issuer
from kiosk.store.leased_numbers import LeasedNumbers
from kiosk.store.migrate import migrate
from kiosk.store.numbers import OwnNumbers
from tests.store.hall import LETTERS

SITE = "31.74.05.1001"
ZONE_H = 7
SPARE = 10
LEASE = 5


class Kiosk:
    """A store and a clock. `kill` is what kill -9 leaves: the file; `reboot` a machine that begins anew."""

    def __init__(self, folder: Path, name: str, clock: ManualClock) -> None:
        self.device, self.path, self.clock = f"{SITE}-{name}", folder / name / "kiosk.db", clock
        migrate(self.path, self.device)
        self.store: Store = self._opened()

    def _opened(self) -> Store:
        opened = open_store(self.path, self.clock)
        opened.one("PRAGMA synchronous=off")
        return opened

    def kill(self) -> None:
        self.store.close()
        self.store = self._opened()

    def reboot(self) -> None:
        was = self.clock.moment
        self.clock.moment = msgspec.structs.replace(was, boot=was.boot + "+", mono_ms=100)
        self.kill()


class HubKiosk(Kiosk):
    def __init__(self, folder: Path, clock: ManualClock, queue: QueueSettings) -> None:
        super().__init__(folder, "k1", clock)
        self.letters = dict(LETTERS)
        self.rules = Hub(ZONE_H, queue, LEASE, self.letters)

    def draw(self, service: str = "usaha") -> Ticket:
        issuer = Issuer(self.store, ZONE_H, self.rules.queue, OwnNumbers(LEASE, shares=True))
        return issuer.issue(Wish(service, LETTERS[service])).ticket

    def answer(self, asked: bytes, mark: str) -> bytes:
        return msgspec.json.encode(hall_hub.answer(self.store, self.rules, from_json(asked, Question), mark))


class SatelliteKiosk(Kiosk):
    def __init__(self, folder: Path, name: str, mark: str, clock: ManualClock) -> None:
        super().__init__(folder, name, clock)
        self.mark, self.cut = mark, True
        self.bridge: Bridge | None = None
        self.told: ToldDay | None = None
        self.picture = Picture()
        self.refused = frozenset[str]()

    def kill(self) -> None:
        super().kill()
        self.bridge = self.told = None
        self.refused = frozenset()

    def draw(self, service: str = "usaha") -> Ticket:
        numbers = LeasedNumbers(self.mark, lambda: None if self.cut else self.told)
        return Issuer(self.store, ZONE_H, QueueSettings(), numbers).issue(Wish(service, LETTERS[service])).ticket

    def question(self) -> bytes:
        letters = sorted(LETTERS.values())
        now = self.clock.now()
        return msgspec.json.encode(
            satellite.question(self.store, letters, SPARE, now, self.bridge, held_back=self.refused)
        )

    def hear(self, asked: bytes, heard: bytes) -> bool:
        question, answer = from_json(asked, Question), from_json(heard, Answer)
        self.bridge = bridged(self.bridge, question.now, answer.now, self.clock.now())
        self.told, self.picture, self.cut = ToldDay(answer.day), answer.picture, False
        self.refused = frozenset(one.id for one in answer.refused)
        return satellite_answer.take(self.store, question, answer, ZONE_H)

    def speak(self, hub: HubKiosk) -> None:
        """Over a good line, until there is nothing more to say."""
        for _ in range(50):
            asked = self.question()
            if not self.hear(asked, hub.answer(asked, self.mark)):
                return
        raise AssertionError("the two never come to an end")


class Scene:
    """One hub and two satellites; their clocks disagree by minutes and their boots began at other times."""

    def __init__(self, folder: Path, queue: QueueSettings = QueueSettings()) -> None:
        self.clocks = (
            ManualClock(boot="hub"),
            ManualClock(wall_ms=1_763_770_800_000 + 140_000, boot="k2", mono_ms=777_000),
            ManualClock(wall_ms=1_763_770_800_000 - 95_000, boot="k3", mono_ms=3_000),
        )
        self.hub = HubKiosk(folder, self.clocks[0], queue)
        self.k2 = SatelliteKiosk(folder, "k2", "X", self.clocks[1])
        self.k3 = SatelliteKiosk(folder, "k3", "Y", self.clocks[2])
        self.satellites = (self.k2, self.k3)

    def pass_time(self, seconds: float) -> None:
        for clock in self.clocks:
            clock.advance(seconds)

    def heal(self) -> None:
        for satellite_ in self.satellites:
            satellite_.speak(self.hub)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for kiosk in (self.hub, *self.satellites):
            kiosk.store.close()


def queue_of(store: Store) -> list[str]:
    """Who waits, in order."""
    rows = store.all("SELECT series, ordinal FROM ticket WHERE state = 'waiting' ORDER BY arrived, id")
    return [f"{series}-{ordinal:03d}" for series, ordinal in rows]


def states(store: Store) -> dict[str, tuple[str, int | None]]:
    return {row[0]: (row[1], row[2]) for row in store.all("SELECT id, state, counter FROM ticket")}
