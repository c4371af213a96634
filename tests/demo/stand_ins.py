"""Stand-ins for the parts that the simulation asks: each remembers what was done to it, in one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.demo.group import State, Status
from deploy.demo.health import Answer, Part
from deploy.demo.line import Mode
from deploy.demo.modem import Text
from deploy.demo.network import Traffic
from deploy.demo.proof import Alert
from deploy.demo.receiving_centre import Entry
from deploy.demo.simulation import Simulation
from deploy.demo.sounds import Sounds
from deploy.lessons import lesson
from firmware_bridge.voice.engines import Engine, EngineName
from kiosk.core.alarm_words import AlarmStage
from kiosk.core.errors import NotFound
from kiosk.voice.sound import RATE_HZ, Sound

MESSAGES = {
    lesson(stage).lamp.value: lesson(stage).message
    for stage in (AlarmStage.SENDING, AlarmStage.WAITING, AlarmStage.ANSWERED, AlarmStage.UNANSWERED)
}
PNG = b"\x89PNG\r\n\x1a\n"


class Tapes:
    """A voice that says every line as a tenth of a second of its own, and remembers which it said."""

    name: EngineName = "clips"

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, line: str) -> Sound | None:
        self.said.append(line)
        return Sound(RATE_HZ, bytes([len(line), 4]) * (RATE_HZ // 10))


class Parts:
    """All parts of a simulation in one."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.inputs: tuple[str, ...] = ("panic",)
        self.mode = Mode.UP
        self.paper = "ok"
        self.printed = 0
        self.online = True
        self.kiosk_well = True
        self.lamp = "off"
        self.engine: Engine = Tapes()
        self.sms: list[Text] = []
        self.heard: list[Entry] = []
        self.traffic = Traffic(up_bytes=1, down_bytes=2, swallowed_bytes=3, connections=4, open_connections=5)

    def press(self, name: str, hold_s: float) -> None:
        if name not in self.inputs:
            raise NotFound(f"kotak ini tidak punya tombol {name}")
        self.done.append(f"press {name} {hold_s}")

    def release(self, name: str) -> None:
        self.done.append(f"release {name}")

    def state(self) -> Mapping[str, Any]:
        return {
            "lamp": self.lamp,
            "siren": self.lamp == "red-fast",
            "message": MESSAGES.get(self.lamp, ""),
            "inputs": {"panic": False},
            "rhythm": {"name": "titir", "strokes_ms": [[0, 120]], "period_ms": 180},
        }

    def power_off(self) -> None:
        self.done.append("off")

    def power_on(self) -> None:
        self.done.append("on")

    def texts(self) -> Sequence[Any]:
        return self.sms

    def answer(self, contact_id: str, text: str) -> None:
        if contact_id != "piket":
            raise NotFound(f"tidak ada kontak {contact_id}")
        self.done.append(f"sms {contact_id} {text}")

    def set_signal(self, has_signal: bool) -> None:
        self.done.append(f"signal {has_signal}")

    def set_line(self, up: bool) -> None:
        self.done.append(f"line {up}")

    def entries(self) -> Sequence[Any]:
        return self.heard

    @property
    def polled_ms(self) -> int | None:
        return None

    def set_mode(self, mode: Mode) -> None:
        self.mode = mode
        self.done.append(f"network {mode}")

    def set_paper(self, paper: str) -> None:
        self.paper = paper
        self.done.append(f"paper {paper}")

    def set_online(self, online: bool) -> None:
        self.online = online
        self.done.append(f"online {online}")

    def jobs(self) -> Sequence[Any]:
        return []

    def picture(self) -> bytes:
        return PNG

    def alert(self) -> Alert | None:
        return None

    def cut(self, name: str) -> None:
        self.done.append(f"cut {name}")

    def restore(self, name: str) -> None:
        self.done.append(f"restore {name}")

    def status(self) -> dict[str, Status]:
        running = Status(state=State.RUNNING, failures=0, exit_code=None)
        return {"kiosk": running, "bridge": running, "broker": running}

    def answers(self) -> dict[str, Answer]:
        return {"kiosk": Answer(ok=self.kiosk_well, parts={"bridge": Part(ok=False, age_s=99.0)})}

    def wait_until_well(self, name: str, timeout_s: float) -> bool:
        self.done.append(f"wait {name}")
        return self.kiosk_well


def simulation(parts: Parts) -> Simulation:
    return Simulation(
        box=parts,
        printer=parts,
        modem=parts,
        centre=parts,
        network=parts,
        processes=parts,
        servers=parts,
        kiosk=parts,
        sounds=Sounds(parts.engine),
    )
