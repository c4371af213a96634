"""One kiosk and one central over the wire in memory, with everything that a schedule may do to them.

Agent and ingest are the real ones with their real databases; they run in turns (`turns`), on a broker that misbehaves
(`wire_in_memory`). The kiosk's other daemons and the officer use stores of their own, as they do in other processes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.answer import Answer
from kiosk.core.clock import Moment
from kiosk.core.errors import BadTransition, Conflict, StoreError
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store import alerts, answers, outbox, tickets
from kiosk.store.collapse import collapse
from kiosk.store.database import Store
from kiosk.store.journal import record
from sync.agent import alarm, bulk, link, patience, streams
from sync.agent.alarm import AlarmDuty
from sync.agent.bulk import BulkDuty
from sync.agent.link import Link
from sync.agent.rewinds import Rewinds
from sync.central.ingest import consumer, receive
from sync.central.ingest.announcer import Announcer
from sync.central.ingest.answers import Answers
from sync.central.ingest.consumer import BrokerAddress, Consumer
from sync.central.ingest.downlink import Downlink
from sync.central.ingest.gate import HelloGate
from sync.central.store import CentralStore, EventView, open_central
from sync.central.store.database import Connection, Database
from sync.keys import public_hex
from sync.wire.topics import Up, filters
from tests.sync.site import ALL_SHARDS
from tests.sync.turns import Killed, Nudge, Stop, Turns
from tests.sync.wire_in_memory import Wire

WALL_MS = 1_763_770_800_000
DEVICE_KEY, CENTRAL_KEY = SigningKey(bytes(31) + b"d"), SigningKey(bytes(31) + b"c")
_DETAILS: dict[AlertAction, dict[str, object]] = {
    AlertAction.ACKNOWLEDGE: {},
    AlertAction.DISPATCH: {"unit": "Patroli 1", "minutes": 5},
    AlertAction.ARRIVE: {},
    AlertAction.CLOSE: {"reason": "true"},
}
POST_ACTIONS = tuple(_DETAILS)
PORTS = (1883, 1884)
BROKERS = tuple(f"memory:{port}" for port in PORTS)


class Watch:
    """The clock of one machine; `wrong_ms` is how wrong its wall time is."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self.wrong_ms = turns, 0

    def now(self) -> Moment:
        mono_ms = round(self._turns.now_s * 1000)
        return Moment(WALL_MS + mono_ms + self.wrong_ms, self.wrong_ms == 0, "boot-1", mono_ms)


class Mortal:
    """Dies after so many more steps; a step is a message handed over, a wait, or a transaction's beginning or end."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.died = False
        self.full = 0  # so many more writes find no room

    def step(self) -> None:
        if self.died:
            raise Killed
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.died, self.left = True, None
                raise Killed

    def require_room(self) -> None:
        if self.full > 0:
            self.full -= 1
            raise StoreError("database or disk is full")


class MortalStore(Store):
    def __init__(self, path: Path, clock: Watch, life: Mortal) -> None:
        super().__init__(path, clock)
        self._life = life

    @contextmanager
    def write(self) -> Iterator[None]:
        self._life.step()
        self._life.require_room()
        with super().write():
            yield
        self._life.step()


class MortalDatabase(Database):
    def __init__(self, url: str, life: Mortal) -> None:
        super().__init__(url)
        self._life = life

    @contextmanager
    def write_all(self, changed: Iterable[str], urgent: bool = False) -> Iterator[Connection]:
        self._life.step()
        self._life.require_room()
        with super().write_all(changed, urgent) as connection:
            yield connection
        self._life.step()


class Scene:
    """Played in a folder that holds a new `site.db` and `central.db`; close it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.turns = folder, Turns()
        self.wire = Wire(self.turns)
        self.wire.before_step = lambda line: (self._agent_life if line.is_agent else self._ingest_life).step()
        self.watch, self._central_watch = Watch(self.turns), Watch(self.turns)
        for module in (link, alarm, bulk, streams, patience, receive, consumer):
            patch.setattr(module, "time", self.turns)
        for module in (link, consumer):
            patch.setattr(module, "Connection", self.wire.line)
        patch.setattr(alarm, "apply_answer", self._apply_and_note)
        self.applied: list[Answer] = []
        self.answered: dict[str, AlertAction] = {}
        self.site = Store(folder / "site.db", self.watch)
        self.central = CentralStore(Database(self.central_url), self._central_watch)
        self.links: list[Link] = []
        self._agent_life = self._ingest_life = Mortal()
        self._agent: list[Any] = []
        self._ingest: list[Any] = []
        self._agent_store: Store | None = None
        self._ingest_store: CentralStore | None = None
        (folder / "net").mkdir(exist_ok=True)

    @property
    def central_url(self) -> str:
        return f"sqlite:///{self.folder}/central.db"

    # Who lives

    def start(self) -> None:
        """Starts whoever does not run, as systemd would."""
        if self._agent_life.died:
            self.stop_agent()
        if self._ingest_life.died:
            self.stop_ingest()
        if not self._agent:
            self._start_agent()
        if not self._ingest:
            self._start_ingest()

    def _start_agent(self) -> None:
        self._agent_life = Mortal()
        store = self._agent_store = MortalStore(self.folder / "site.db", self.watch, self._agent_life)
        settings = SyncSettings(
            central_key=public_hex(CENTRAL_KEY), brokers=BROKERS, carrier_dir=str(self.folder / "net")
        )
        rewinds, nudge = Rewinds(), Nudge(self.turns)
        self.links = [
            Link(duty, settings, DEVICE_KEY, nudge) for duty in (AlarmDuty(store, rewinds), BulkDuty(store, rewinds))
        ]
        self._agent = [self.turns.start(partial(each.run, Stop(self.turns))) for each in self.links]

    def _start_ingest(self) -> None:
        self._ingest_life = Mortal()
        store = CentralStore(MortalDatabase(self.central_url, self._ingest_life), self._central_watch)
        self._ingest_store = store
        gate = HelloGate()
        urgent = filters((Up.ALARM, Up.HELLO, Up.PRESENCE), ALL_SHARDS)
        large = filters((Up.BATCH, Up.RESULT), ALL_SHARDS)
        consumers = []
        for port in PORTS:
            broker, downlink = BrokerAddress("memory", port), Downlink(store, CENTRAL_KEY, ALL_SHARDS)
            told = Answers(store, CENTRAL_KEY, ALL_SHARDS)
            first, second = (receive.Receiver(store, downlink, gate) for _ in range(2))
            announcer = Announcer(CENTRAL_KEY, "worker-1")
            consumers += [
                Consumer("alarm", broker, urgent, first, CENTRAL_KEY, told, announcer),
                Consumer("bulk", broker, large, second, CENTRAL_KEY, downlink),
            ]
        self._ingest = [self.turns.start(partial(each.run, Stop(self.turns))) for each in consumers]

    def stop_agent(self) -> None:
        self.turns.kill(self._agent)
        self._agent = []
        if self._agent_store is not None:
            self._agent_store.close()
            self._agent_store = None

    def stop_ingest(self) -> None:
        self.turns.kill(self._ingest)
        self._ingest = []
        if self._ingest_store is not None:
            self._ingest_store.close()
            self._ingest_store = None

    def agent_dies_in(self, steps: int) -> None:
        self._agent_life.left = steps

    def ingest_dies_in(self, steps: int) -> None:
        self._ingest_life.left = steps

    def disk_full(self, at_agent: int, at_ingest: int) -> None:
        """So many of the next writes fail."""
        self._agent_life.full, self._ingest_life.full = at_agent, at_ingest

    def close(self) -> None:
        self.stop_agent()
        self.stop_ingest()
        self.site.close()
        self.central.close()

    # What people do

    def take_tickets(self, count: int) -> None:
        for _ in range(count):
            tickets.issue(self.site, "usaha", "A", 7, None, None)

    def note(self, lane: Lane, count: int) -> None:
        with self.site.write():
            for at in range(count):
                record(self.site, lane, "measured", {"at": at, "text": "x" * (at % 7 * 40)})

    def press(self, code: AlertCode) -> None:
        alerts.raise_alert(self.site, code, "button")

    def ask_to_cancel(self) -> None:
        for alert in alerts.open_alerts(self.site)[-1:]:
            alerts.advance(self.site, alert.id, AlertAction.CANCEL, "button")

    def answer(self, first: AlertAction, which: int) -> None:
        """An officer does what may be done, `first` if it may; each time another, so that the answers differ."""
        found = self.central.open_alerts()
        if not found:
            return
        alert_id = found[which % len(found)].id
        for action in (first, *POST_ACTIONS):
            officer = f"Briptu {len(self.answered)}"
            now_ms = self._central_watch.now().wall_ms
            try:
                self.central.answer_alert(alert_id, action, officer, _DETAILS[action], now_ms)
            except (Conflict, BadTransition):
                continue
            self.answered[officer] = action
            return

    def _apply_and_note(self, store: Store, answer: Answer) -> answers.Applied:
        held, came = answers.applied_number(store), answers.Applied.KNOWN
        try:
            came = answers.apply_answer(store, answer)
        finally:  # also when it dies just after its commit
            done = came in (answers.Applied.DONE, answers.Applied.REFUSED)
            if done or answers.applied_number(store) != held:
                self.applied.append(answer)
        return came

    # What happens to the databases

    def collapse(self, lane: Lane, keep: int) -> None:
        """Retention: the acknowledged tail goes but for the newest."""
        collapse(self.site, lane, 0, outbox.backlogs(self.site)[lane].acknowledged_seq - keep)

    def thin(self, keep: int) -> None:
        """A disk that is nearly full: unsent health events go but for the newest."""
        held = outbox.backlogs(self.site)[Lane.HEALTH]
        collapse(self.site, Lane.HEALTH, held.acknowledged_seq, held.last_seq - keep)

    def copy_central(self) -> None:
        _copy(self.folder / "central.db", self.folder / "central.copy")

    def restore_central(self) -> bool:
        copy = self.folder / "central.copy"
        if not copy.exists():
            return False
        self.stop_ingest()
        self.central.close()
        _replace(self.folder / "central.db", copy)
        self.central = CentralStore(Database(self.central_url), self._central_watch)
        return True

    def copy_site(self) -> None:
        _copy(self.folder / "site.db", self.folder / "site.copy")

    def restore_site(self) -> bool:
        copy = self.folder / "site.copy"
        if not copy.exists():
            return False
        self.stop_agent()
        self.site.close()
        _replace(self.folder / "site.db", copy)
        self.site = Store(self.folder / "site.db", self.watch)
        return True

    def at_central(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "central.db")) as connection:
            return connection.execute(sql).fetchall()

    def events_at_central(self) -> list[EventView]:
        """All that it holds, in order of arrival; also while nobody works there."""
        with closing(open_central(f"sqlite:///{self.folder / 'central.db'}", self.watch)) as store:
            return store.events(limit=1_000_000)

    def is_quiet(self) -> bool:
        """Nothing waits on either side."""
        waiting = any(held.waiting for held in outbox.backlogs(self.site).values())
        return not waiting and not self.central.devices_with_pending_down()


def _copy(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _replace(file: Path, copy: Path) -> None:
    for rest in ("-wal", "-shm"):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    shutil.copy(copy, file)
