"""A host by hand for a board in a real MicroPython, one turn at a time."""

from __future__ import annotations

from firmware_bridge.frames import BoxCondition, FromBox, HostAck, HostHello, HostPing, HostShow
from firmware_bridge.panel.codec import PanelCodec, PanelReader
from firmware_bridge.ports import Command
from tests.bridge.panel.micropython import NORMAL, PlayedBoard

BOOT = 0x9C1E77D2
SIREN, STRIKER, RED, AMBER, GREEN, BUZZER = range(6)


class Host:
    """A host by hand, with a board that has just been given power."""

    def __init__(self, board: PlayedBoard, places: int = 1024, failures: int = 0, greets: bool = True) -> None:
        self.board, self.now_ms = board, 0
        self.codec, self.reader = PanelCodec(), PanelReader()
        self.cables = {"panic": NORMAL, "fire": NORMAL}
        self.lid_open, self.supply_mv = False, 12_000
        self.outputs: list[bool] = []
        self.held = self.dropped = 0
        self.number = 0
        board.boot(BOOT, places=places, failures=failures)
        if greets:
            self.heard = self.step(HostHello(1, 1))

    def step(
        self, *frames: HostHello | HostPing | HostAck | HostShow, ms: int = 10, data: bytes = b""
    ) -> list[FromBox]:
        self.now_ms += ms
        done = self.board.step(
            self.now_ms,
            b"".join(map(self.codec.encode, frames)) + data,
            **self.cables,
            lid_open=self.lid_open,
            supply_mv=self.supply_mv,
        )
        self.outputs, self.held, self.dropped = done["outputs"], done["held"], done["dropped"]
        return self.reader.feed(done["out"])

    def wait(self, ms: int, every_ms: int = 10, pings: bool = True) -> list[FromBox]:
        """What comes meanwhile, with the pings of a host that lives."""
        heard: list[FromBox] = []
        for turn in range(ms // every_ms):
            is_due = pings and turn % (1_000 // every_ms) == 0
            heard += self.step(*([HostPing(0)] if is_due else []), ms=every_ms)
        return heard

    def show(self, command: Command) -> list[FromBox]:
        self.number += 1
        return self.step(HostShow(self.number, command))


def conditions(frames: list[FromBox]) -> list[tuple[str, str]]:
    """Each as it was first told."""
    told = {frame.counter: (frame.part, frame.state) for frame in frames if isinstance(frame, BoxCondition)}
    return list(told.values())
