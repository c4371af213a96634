"""One kiosk on the wire in memory: its agent in turns, its other daemons and residents with a store of their own."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.answer import Answer
from kiosk.core.errors import BadInput
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store import alerts, outbox, tickets
from kiosk.store.collapse import collapse
from kiosk.store.database import Store
from kiosk.store.journal import BODY_LIMIT_BYTES, record
from sync.agent.alarm import AlarmDuty
from sync.agent.bulk import BulkDuty
from sync.agent.link import Link
from sync.agent.rewinds import Rewinds
from tests.sync.played.mortal import Mortal, MortalStore, Watch
from tests.sync.played.turns import Nudge, Stop, Task, Turns


class PlayedKiosk:
    """Plays in a folder that holds its `site.db`; close it. `copied`: another kiosk runs on a copy of its card."""

    def __init__(self, folder: Path, turns: Turns, key: SigningKey, settings: SyncSettings, boot: str) -> None:
        self.folder, self.device_key, self.settings = folder, key, settings
        self._turns, self.watch = turns, Watch(turns, boot)
        self.site = Store(folder / "site.db", self.watch)
        self.device = self.site.device
        self.copied = False
        self.links: list[Link] = []
        self.applied: list[Answer] = []
        self._life = Mortal()
        self._agent: list[Task] = []
        self._store: Store | None = None

    # Who lives

    def live(self) -> None:
        """Starts the agent if it does not run, as systemd would."""
        if self._life.died:
            self.stop()
        if not self._agent:
            self._life = Mortal()
            store = self._store = MortalStore(self.folder / "site.db", self.watch, self._life, self.applied)
            rewinds, nudge = Rewinds(), Nudge(self._turns)
            duties = (AlarmDuty(store, rewinds), BulkDuty(store, rewinds))
            self.links = [Link(duty, self.settings, self.device_key, nudge) for duty in duties]
            self._agent = [self._turns.start(partial(each.run, Stop(self._turns))) for each in self.links]

    def stop(self) -> None:
        self._turns.kill(self._agent)
        self._agent = []
        if self._store is not None:
            self._store.close()
            self._store = None

    def step(self) -> None:
        """Its agent is about to do something, and may die of it."""
        self._life.step()

    def dies_in(self, steps: int) -> None:
        self._life.left = steps

    def disk_full(self, writes: int) -> None:
        """So many of the agent's next writes fail."""
        self._life.full = writes

    def close(self) -> None:
        self.stop()
        self.site.close()

    # What people do

    def take_tickets(self, count: int) -> None:
        for _ in range(count):
            tickets.issue(self.site, "usaha", "A", 7, None, None)

    def note(self, lane: Lane, count: int) -> None:
        with self.site.write():
            for at in range(count):
                record(self.site, lane, "measured", {"at": at, "text": "x" * (at % 7 * 40)})

    def note_large(self, lane: Lane) -> None:
        """One event as large as any may be; the next is larger by a byte and takes its transaction with it."""
        longest = "x" * (BODY_LIMIT_BYTES - len(b'{"text":""}'))
        self._note_all(lane, longest)
        with pytest.raises(BadInput, match=f"melebihi batas {BODY_LIMIT_BYTES}"):
            self._note_all(lane, "never told", longest + "x")

    def _note_all(self, lane: Lane, *texts: str) -> None:
        with self.site.write():
            for text in texts:
                record(self.site, lane, "measured", {"text": text})

    def press(self, code: AlertCode) -> None:
        alerts.raise_alert(self.site, code, "button")

    def ask_to_cancel(self) -> None:
        for alert in alerts.open_alerts(self.site)[-1:]:
            alerts.advance(self.site, alert.id, AlertAction.CANCEL, "button")

    # What happens to the database

    def collapse(self, lane: Lane, keep: int) -> None:
        """Retention: the acknowledged tail goes but for the newest."""
        collapse(self.site, lane, 0, outbox.backlogs(self.site)[lane].acknowledged_seq - keep)

    def thin(self, keep: int) -> None:
        """A disk that is nearly full: unsent health events go but for the newest."""
        held = outbox.backlogs(self.site)[Lane.HEALTH]
        collapse(self.site, Lane.HEALTH, held.acknowledged_seq, held.last_seq - keep)

    def copy_to(self, file: Path) -> None:
        """The card, read while it is in use."""
        copy_database(self.folder / "site.db", file)

    def restore_from(self, file: Path) -> None:
        self.stop()
        self.site.close()
        replace_database(self.folder / "site.db", file)
        self.site = Store(self.folder / "site.db", self.watch)

    def waiting(self, *lanes: Lane) -> int:
        """How many events the central has not proven to hold."""
        return sum(held.waiting for lane, held in outbox.backlogs(self.site).items() if lane in (lanes or Lane))


def copy_database(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def replace_database(file: Path, copy: Path) -> None:
    for rest in ("-wal", "-shm"):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    shutil.copy(copy, file)
