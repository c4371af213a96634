"""The central on the wire in memory: its ingest in turns, its officers with a store of their own, its backups."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from kiosk.core.alert import AlertAction
from kiosk.core.document import SIZE_LIMIT_BYTES
from kiosk.core.errors import BadInput, BadTransition, Conflict
from sync.central.ingest.announcer import Announcer
from sync.central.ingest.answers import Answers
from sync.central.ingest.consumer import BrokerAddress, Consumer
from sync.central.ingest.downlink import Downlink
from sync.central.ingest.gate import HelloGate
from sync.central.ingest.receive import Receiver
from sync.central.store import CentralStore
from sync.central.store.database import Database
from sync.central.store.orders import ARGUMENTS_LIMIT_BYTES
from sync.wire.topics import Up, filters
from tests.sync.played.kiosk import copy_database, replace_database
from tests.sync.played.mortal import Mortal, MortalDatabase, Watch
from tests.sync.played.turns import Stop, Task, Turns
from tests.sync.played.wire import PORTS
from tests.sync.site import ALL_SHARDS

CENTRAL_KEY = SigningKey(bytes(31) + b"c")
_DETAILS: dict[AlertAction, dict[str, object]] = {
    AlertAction.ACKNOWLEDGE: {},
    AlertAction.DISPATCH: {"unit": "Patroli 1", "minutes": 5},
    AlertAction.ARRIVE: {},
    AlertAction.CLOSE: {"reason": "true"},
}
POST_ACTIONS = tuple(_DETAILS)
OFFICER = "Sari"


class BusyGate(HelloGate):
    """Asks everybody to come back later while the central is busy."""

    def __init__(self) -> None:
        super().__init__()
        self.busy_until_s = 0.0

    def ask(self, now_s: float, chance: float) -> float:
        left_s = self.busy_until_s - now_s
        return max(1.0, left_s) + chance if left_s > 0 else super().ask(now_s, chance)


class PlayedCentral:
    """Plays in a folder that holds `central.db`; close it."""

    def __init__(self, folder: Path, turns: Turns) -> None:
        self.folder, self._turns, self.watch = folder, turns, Watch(turns)
        self._url = f"sqlite:///{folder}/central.db"
        self.store = CentralStore(Database(self._url), self.watch)
        self.answered: dict[str, AlertAction] = {}
        self.published: set[str] = set()
        self.restored = 0  # so many times
        self.gate = BusyGate()
        self._life = Mortal()
        self._ingest: list[Task] = []
        self._ingest_store: CentralStore | None = None

    # Who lives

    def live(self) -> None:
        """Starts the ingest if it does not run, as systemd would."""
        if self._life.died:
            self.stop()
        if not self._ingest:
            self._life = Mortal()
            store = self._ingest_store = CentralStore(MortalDatabase(self._url, self._life), self.watch)
            consumers = [each for port in PORTS for each in self._consumers(store, BrokerAddress("memory", port))]
            self._ingest = [self._turns.start(partial(each.run, Stop(self._turns))) for each in consumers]

    def _consumers(self, store: CentralStore, broker: BrokerAddress) -> list[Consumer]:
        """As a worker has them, but in one thread each: a committer's own would not wait for its turn."""
        urgent = filters((Up.ALARM, Up.HELLO, Up.PRESENCE), ALL_SHARDS)
        large = filters((Up.BATCH, Up.RESULT), ALL_SHARDS)
        answers, downlink = Answers(store, CENTRAL_KEY, ALL_SHARDS), Downlink(store, CENTRAL_KEY, ALL_SHARDS)
        first, second = (Receiver(store, downlink, self.gate) for _ in range(2))
        announcer = Announcer(CENTRAL_KEY, "worker-1")
        return [
            Consumer("alarm", broker, urgent, first, CENTRAL_KEY, answers, announcer),
            Consumer("bulk", broker, large, second, CENTRAL_KEY, downlink),
        ]

    def stop(self) -> None:
        self._turns.kill(self._ingest)
        self._ingest = []
        if self._ingest_store is not None:
            self._ingest_store.close()
            self._ingest_store = None

    def step(self) -> None:
        """Its ingest is about to do something, and may die of it."""
        self._life.step()

    def dies_in(self, steps: int) -> None:
        self._life.left = steps

    def disk_full(self, writes: int) -> None:
        """So many of the ingest's next writes fail."""
        self._life.full = writes

    def close(self) -> None:
        self.stop()
        self.store.close()

    # What officers do

    def answer(self, first: AlertAction, which: int) -> None:
        """An officer does what may be done, `first` if it may; each time another, so that the answers differ."""
        found = self.store.open_alerts()
        if not found:
            return
        alert_id = found[which % len(found)].id
        for action in (first, *POST_ACTIONS):
            officer = f"Briptu {len(self.answered)}"
            try:
                self.store.answer_alert(alert_id, action, officer, _DETAILS[action], self.store.now_ms())
            except (Conflict, BadTransition):
                continue
            self.answered[officer] = action
            return

    def publish(self, scope: str, name: str, size_bytes: int) -> None:
        """Each time another body."""
        body = (len(self.published).to_bytes(4, "big") * (size_bytes // 4 + 1))[:size_bytes]
        self.published.add(self.store.downlink.publish_document(scope, name, body, OFFICER).sha256)

    def roll_back(self, scope: str, name: str) -> None:
        try:
            self.store.downlink.roll_back(scope, name, OFFICER)
        except Conflict:  # nothing was in force there
            return

    def order(self, device: str, within_ms: int) -> None:
        self.store.downlink.send_command(device, "report", {}, self.store.now_ms() + within_ms, OFFICER)

    def order_too_much(self, device: str) -> None:
        """What is over the limits is refused to the officer, and no kiosk hears of it."""
        words: dict[str, object] = {"x": "x" * ARGUMENTS_LIMIT_BYTES}
        with pytest.raises(BadInput, match="lebih besar"):
            self.store.downlink.send_command(device, "report", words, self.store.now_ms() + 1_000, OFFICER)
        with pytest.raises(BadInput):
            self.store.downlink.publish_document("nation", "news", bytes(SIZE_LIMIT_BYTES + 1), OFFICER)

    # What happens to the database

    def copy(self) -> None:
        copy_database(self.folder / "central.db", self.folder / "central.copy")

    def restore(self) -> None:
        copy = self.folder / "central.copy"
        self.stop()
        self.store.close()
        replace_database(self.folder / "central.db", copy)
        self.store = CentralStore(Database(self._url), self.watch)
        self.restored += 1

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "central.db")) as connection:
            return connection.execute(sql, values).fetchall()
