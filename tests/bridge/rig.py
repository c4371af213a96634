"""A bridge on a real database with hardware that the test plays, in time that the test passes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from firmware_bridge.assembly import rounds_of
from firmware_bridge.bridge import Bridge
from firmware_bridge.carriers import Carriers
from firmware_bridge.debounce import Edge
from firmware_bridge.desk import DeskAtOnce
from firmware_bridge.modem.texts import Place
from firmware_bridge.ports import Command, Reading, Started, Voice
from kiosk.core.alert import Alert, AlertCode
from kiosk.core.bridge_settings import BridgeSettings, Button
from kiosk.core.clock import ManualClock
from kiosk.store.alerts import open_alerts
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate

DEVICE = "31.74.05.1001-k1"
BUTTONS = {"panic": Button(AlertCode.PANIC), "fire": Button(AlertCode.FIRE)}
PLACE = Place("Kelurahan Contoh")
SETTINGS = BridgeSettings(buttons=BUTTONS)


def wait_until(reached: Callable[[], bool], within_s: float = 10.0) -> None:
    """Returns as soon as `reached()`; fails the test when it is not within the time."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while not reached():
        assert time.monotonic() < deadline, "the expected state was not reached in time"
        pause.wait(0.005)


def database(folder: Path) -> Path:
    path = folder / "kiosk.db"
    migrate(path, DEVICE)
    return path


def alerts_on_disk(path: Path) -> int:
    """Counted by a connection of its own: only what is committed."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM alert").fetchone()[0])


class PlayedSource:
    """An `EdgeSource` that delivers what the test puts in."""

    dropped = 0

    def __init__(self, levels: dict[str, bool] | None = None, mono_ms: int = 0) -> None:
        self.coming: list[Reading] = [Started(levels or {"panic": False, "fire": False}, mono_ms)]
        self.settled: list[str] = []
        self.wrong: tuple[str, ...] = ()
        self.lost_at_ms: int | None = None

    def read(self, timeout_s: float) -> Sequence[Reading]:
        readings, self.coming = self.coming, []
        return readings

    def certain_until_ms(self, now_ms: int) -> int:
        return now_ms if self.lost_at_ms is None else self.lost_at_ms

    def settle(self, name: str) -> None:
        self.settled.append(name)

    def faults(self) -> Sequence[str]:
        return self.wrong

    def close(self) -> None:
        pass


class SeenOutputs:
    """An `Outputs` that remembers every command, and looks around when it gets one."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.on_show: Callable[[Command], None] = lambda command: None

    def show(self, command: Command) -> None:
        self.on_show(command)
        self.commands.append(command)

    @property
    def last(self) -> Command:
        return self.commands[-1]

    def close(self) -> None:
        pass


class Rig:
    def __init__(
        self,
        store: Store,
        clock: ManualClock,
        settings: BridgeSettings,
        source: PlayedSource,
        carriers: Carriers | None = None,
        voice: Voice | None = None,
    ) -> None:
        self.store, self.clock, self.settings, self.source = store, clock, settings, source
        self.outputs = SeenOutputs()
        self.carriers = carriers or Carriers()
        self.rounds, hatch = rounds_of(store, settings, PLACE, self.carriers)
        desk = DeskAtOnce(self.rounds, hatch)
        self.bridge = Bridge(settings, 7, source, self.outputs, desk, clock, voice)

    def turns(self, seconds: float, every_s: float = 0.020) -> None:
        for _ in range(round(seconds / every_s)):
            self.clock.advance(every_s)
            self.bridge.turn()

    def finger(self, name: str = "panic", held_s: float = 1.2, key: str = "") -> None:
        """A press as it happens, with the loop turning."""
        self.source.coming.append(Edge(name, True, self.clock.now().mono_ms, key))
        self.turns(held_s)
        self.source.coming.append(Edge(name, False, self.clock.now().mono_ms, key and f"{key}-up"))
        self.turns(0.1)

    def alerts(self) -> list[Alert]:
        return open_alerts(self.store)


@contextmanager
def rig(
    folder: Path,
    settings: BridgeSettings = SETTINGS,
    source: PlayedSource | None = None,
    clock: ManualClock | None = None,
    carriers: Carriers | None = None,
    voice: Voice | None = None,
) -> Iterator[Rig]:
    used_clock = clock or ManualClock()
    with closing(open_store(database(folder), used_clock)) as store:
        used_source = source or PlayedSource(mono_ms=used_clock.now().mono_ms)
        made = Rig(store, used_clock, settings, used_source, carriers, voice)
        made.turns(0.02)
        yield made
