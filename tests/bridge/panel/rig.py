"""The whole way in time that the test passes: a real MicroPython with the firmware's core, a wire that does to frames
what the test wants, and the bridge with its own line, session and a real database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from firmware_bridge.assembly import recorder_of, rounds_of
from firmware_bridge.box_session import BoxSession
from firmware_bridge.bridge import Bridge
from firmware_bridge.carriers import Carriers
from firmware_bridge.desk import DeskAtOnce
from firmware_bridge.line import Line
from firmware_bridge.panel.codec import PanelCodec
from kiosk.core.alert import Alert
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import ManualClock
from kiosk.core.event import Event, Lane
from kiosk.store.alerts import open_alerts
from kiosk.store.database import Store, open_store
from kiosk.store.journal import events
from tests.bridge.panel.micropython import NORMAL, PRESSED, PlayedBoard
from tests.bridge.rig import BUTTONS, PLACE, SeenOutputs, database

TURN_MS = 10
BOARD_BEHIND_MS = 65_000  # the two clocks have nothing to do with one another
SETTINGS = BridgeSettings(buttons=BUTTONS)

Fate = Callable[[bytes], Sequence[tuple[int, bytes]]]


def perfect(frame: bytes) -> Sequence[tuple[int, bytes]]:
    return [(0, frame)]


def faulty(chance: random.Random, lost: float) -> Fate:
    """Loses frames, spoils them, repeats them, lets them overtake one another and strews garbage between them."""

    def fate(frame: bytes) -> Sequence[tuple[int, bytes]]:
        noise = [(0, bytes(chance.choices((3, 3, 17, 254), k=chance.randint(1, 40))))] if chance.random() < 0.1 else []
        if chance.random() < lost:
            spoilt = bytearray(frame)
            spoilt[chance.randrange(1, len(frame) - 1)] ^= 1 << chance.randrange(8)
            return [*noise, (0, chance.choice([b"", bytes(spoilt), frame[: len(frame) // 2]]))]
        copies = 1 + (chance.random() < 0.1)
        return noise + [(chance.choice((0, 0, 0, 1, 3, 8)), frame) for _ in range(copies)]

    return fate


def kind_of(frame: bytes) -> int:
    """The type of a frame; a zero, the stuffing and the version stand before it."""
    return frame[3]


def cut(data: bytes) -> list[bytes]:
    """The frames of what one end has written, each with its zeros."""
    return [b"\0" + piece + b"\0" for piece in data.split(b"\0") if piece]


class PlayedWire:
    """A `Wire` whose frames meet the fate that the test has chosen; there is one for both ways."""

    def __init__(self) -> None:
        self.fate: Fate = perfect
        self.is_there = True
        self.turn = 0
        self._opened = False
        self._to_host: list[tuple[int, bytes]] = []
        self._to_board: list[tuple[int, bytes]] = []

    def open(self) -> None:
        if not self.is_there:
            raise FileNotFoundError("no such port")
        self._opened = True

    def read(self, timeout_s: float) -> bytes:
        if not (self.is_there and self._opened):
            raise OSError(5, "the port is gone")
        return self._due(self._to_host)

    def write(self, data: bytes) -> int:
        if not (self.is_there and self._opened):
            raise OSError(5, "the port is gone")
        self._send(self._to_board, data)
        return len(data)

    def close(self) -> None:
        self._opened = False

    def vanish(self) -> None:
        """With whatever was under way."""
        self.is_there = False
        self._to_host.clear()
        self._to_board.clear()

    def from_board(self, data: bytes) -> None:
        if self.is_there:
            self._send(self._to_host, data)

    def inject_to_board(self, data: bytes) -> None:
        """Whatever the fate of the others."""
        self._to_board.append((self.turn, data))

    def to_board(self) -> bytes:
        return self._due(self._to_board)

    def _send(self, way: list[tuple[int, bytes]], data: bytes) -> None:
        way += [(self.turn + later, piece) for frame in cut(data) for later, piece in self.fate(frame)]

    def _due(self, way: list[tuple[int, bytes]]) -> bytes:
        due = [piece for at, piece in way if at <= self.turn]
        way[:] = [(at, piece) for at, piece in way if at > self.turn]
        return b"".join(due)


class PanelRig:
    def __init__(self, folder: Path, board: PlayedBoard, settings: BridgeSettings, clock: ManualClock) -> None:
        self._path, self.settings, self.clock, self.board = database(folder), settings, clock, board
        self.wire, self.outputs = PlayedWire(), SeenOutputs()
        self.cables = {"panic": NORMAL, "fire": NORMAL}
        self.lid_open, self.supply_mv = False, 12_000
        self.levels = [False] * 6
        self.held = 0
        self._boots = 0
        self._powered = False
        self._began_ms = 0
        self.store: Store | None = None
        self.bridge: Bridge | None = None
        self.line: Line | None = None
        self.power_on()
        self.start_host()
        self.turns(0.3)

    def start_host(self) -> None:
        """The daemon starts, as `daemon.run` has it."""
        self.store = open_store(self._path, self.clock)
        rounds, hatch = rounds_of(self.store, self.settings, PLACE, Carriers())
        record = recorder_of(self.store, hatch)
        self.line = Line(self.wire, BoxSession(PanelCodec()), self.clock, lambda: 1.0, record, pause=lambda s: None)
        desk = DeskAtOnce(rounds, hatch)
        self.bridge = Bridge(self.settings, 7, self.line, self.line, desk, self.clock)

    def kill_host(self) -> None:
        """Nothing is said to anybody any more."""
        if self.store is not None:
            self.store.close()
        self.store = self.bridge = self.line = None
        self.wire.close()

    def power_on(self, places: int = 1024) -> None:
        self._boots += 1
        self._began_ms = self.clock.now().mono_ms - 40  # it takes a moment from power to the first sample
        self.board.boot(0xB007_0000 + self._boots, places=places)
        self._powered = True

    def power_off(self) -> None:
        self._powered = False

    def turns(self, seconds: float, every_ms: int = TURN_MS) -> None:
        for _ in range(round(seconds * 1000 / every_ms)):
            self.clock.advance(every_ms / 1000)
            self.wire.turn += 1
            heard = self.wire.to_board()
            if self._powered:
                cables = (self.cables["panic"], self.cables["fire"])
                at_ms = self.clock.now().mono_ms - self._began_ms
                done = self.board.step(at_ms, heard, *cables, self.lid_open, self.supply_mv)
                self.wire.from_board(done["out"])
                self.levels, self.held = done["outputs"], done["held"]
            if self.bridge is not None:
                self.bridge.turn()

    def finger(self, held_s: float, name: str = "panic") -> None:
        self.cables[name] = PRESSED
        self.turns(held_s)
        self.cables[name] = NORMAL

    def presses(self) -> int:
        """How often somebody has asked for help, as far as the disk knows."""
        return sum(alert.presses for alert in self.alerts())

    def alerts(self) -> list[Alert]:
        assert self.store is not None
        return open_alerts(self.store)

    def health(self, kind: str) -> list[Event]:
        assert self.store is not None
        return [event for event in events(self.store, Lane.HEALTH, 0, 10_000) if event.kind == kind]

    def faults(self) -> list[str]:
        assert self.bridge is not None
        return self.bridge.faults.words()


@contextmanager
def panel_rig(
    folder: Path, board: PlayedBoard, settings: BridgeSettings = SETTINGS, clock: ManualClock | None = None
) -> Iterator[PanelRig]:
    made = PanelRig(folder, board, settings, clock or ManualClock(mono_ms=BOARD_BEHIND_MS))
    try:
        yield made
    finally:
        made.kill_host()
