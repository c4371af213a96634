"""What a visitor can do to the simulated site, and everything there is to see of it, in one place.

The page and the JSON API are thin on top of this, and so are tests and trainings that drive it. It holds no state but
whether the plug is in: each part (box, printer, network, processes) knows its own and is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from deploy.demo.classroom import Classroom
from deploy.demo.group import Status
from deploy.demo.health import Answer, Part
from deploy.demo.line import Mode
from deploy.demo.parts import Box, Centre, Kiosk, Modem, Network, Printer, Processes, Servers
from deploy.demo.sounds import Sounds
from deploy.lessons import lesson
from kiosk.core.alarm_words import AlarmStage
from kiosk.core.errors import KentonganError

Paper = Literal["ok", "low", "out"]
OtherWays = Literal["up", "down"]
Power = Literal["on", "off", "starting"]

SITE = "site"
KIOSK = "kiosk"
LINK = "sambungan ke pusat"
LONGEST_HOLD_S = 30.0
_START_TIMEOUT_S = 30.0
# An answer takes milliseconds here; and a carrier is looked for five times a second.
_ANSWER_SOON_S, _UNPLUGGED_S = 2.0, 0.4


class NotBack(KentonganError):
    """The site's daemons were started after a power cut but did not become well in time."""

    code = "not-back"
    http_status = 503


class PowerCut(msgspec.Struct, frozen=True):
    """From the plug to a kiosk that answers again, in seconds."""

    took_s: float


class Simulation:
    """Safe to use from any thread except the one that ticks the supervisor, which `cut_power` waits for."""

    def __init__(
        self,
        box: Box,
        printer: Printer,
        modem: Modem,
        centre: Centre,
        network: Network,
        processes: Processes,
        servers: Servers,
        kiosk: Kiosk,
        sounds: Sounds,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._box, self._printer, self._network = box, printer, network
        self._modem, self._centre, self._sounds = modem, centre, sounds
        self._processes, self._servers, self._kiosk = processes, servers, kiosk
        self._now_s = now_s
        self._classroom = Classroom(now_s)
        self._other_ways: OtherWays = "up"
        self._power: Power = "on"
        self._plug = threading.Lock()
        self._replug_at_s = 0.0

    def press(self, name: str, hold_s: float) -> None:
        """Pushes the button; it is released by itself after `hold_s`. Raises `NotFound` for an unknown input."""
        self._box.press(name, hold_s)

    def hold(self, name: str, held: bool) -> None:
        """A finger that stays until it is told to go; a page that vanished with its finger down lets go by itself."""
        if held:
            self._box.press(name, LONGEST_HOLD_S)
        else:
            self._box.release(name)

    def set_network(self, mode: Mode) -> None:
        self._network.set_mode(mode)

    def set_other_ways(self, ways: OtherWays) -> None:
        """The ways out beside the network cable: the modem's antenna and the line to the receiving centre."""
        self._other_ways = ways
        self._modem.set_signal(ways == "up")
        self._centre.set_line(ways == "up")

    def set_printer(self, paper: Paper | None, online: bool | None) -> None:
        """What is None stays as it is."""
        if paper is not None:
            self._printer.set_paper(paper)
        if online is not None:
            self._printer.set_online(online)

    def teach(self, stage: AlarmStage, for_s: float) -> None:
        """Shows one stage on the page for some seconds. Raises `Conflict` while the box itself shows something."""
        self._classroom.teach(lesson(stage), for_s, self._box.state())

    def answer_text(self, contact_id: str, text: str) -> None:
        """Somebody answers on a telephone. Raises `NotFound` for who is not on the demo's ladder."""
        self._modem.answer(contact_id, text)

    def cut_power(self) -> PowerCut:
        """Kills every daemon of the site with box, printer and modem, then boots: one cut at a time, in order asked.

        Returns when the kiosk answers again. Raises `NotBack` when it does not within 30 s.
        """
        with self._plug:
            began_s = self._now_s()
            self._power = "off"
            self._processes.cut(SITE)
            self._box.power_off()
            self._printer.power_off()
            self._modem.power_off()
            self._power = "starting"
            self._printer.power_on()
            self._modem.power_on()
            self._box.power_on()
            self._processes.restore(SITE)
            well = self._servers.wait_until_well(KIOSK, _START_TIMEOUT_S)
            self._power = "on"
            if not well:
                raise NotBack("kios tidak menyala lagi dalam 30 detik; lihat logs/kiosk.log di folder demo")
            return PowerCut(took_s=round(self._now_s() - began_s, 3))

    def state(self) -> dict[str, Any]:
        """Everything a visitor may see, as plain values."""
        shown = self._classroom.over(self._box.state())
        return {
            **shown,
            **self._sounds.of(shown),
            "alert": self._kiosk.alert(),
            "power": self._power,
            "network": self._network.mode,
            "traffic": self._network.traffic,
            "other_ways": self._other_ways,
            "paper": self._printer.paper,
            "online": self._printer.online,
            "printed": self._printer.printed,
            "jobs": self._printer.jobs(),
            "sms": self._modem.texts(),
            "centre": {"polled_ms": self._centre.polled_ms, "entries": self._centre.entries()},
            "parts": self.parts(),
        }

    def parts(self) -> dict[str, Any]:
        """Each process with its state, and whether it is well as far as the servers know."""
        answers = self._servers.answers()
        told = {name: part for answer in answers.values() for name, part in answer.parts.items()}
        return {name: _part(name, status, answers, told) for name, status in self._processes.status().items()}

    def awaited(self) -> list[str]:
        """The processes that are not well and the way to the central, if it is not open; empty when all is ready."""
        unwell = [name for name, part in self.parts().items() if not part["well"]]
        return unwell if unwell or self._is_linked() else [LINK]

    def _is_linked(self) -> bool:
        """Whether the central has answered on every link of the sync agent, as the kiosk tells it."""
        sync = self._servers.answers()[KIOSK].parts.get("sync", Part(ok=False))
        links = [link for link in sync.detail.values() if isinstance(link, dict) and "answered" in link]
        return sync.ok and bool(links) and all(link["answered"] for link in links)

    def plug_in(self) -> None:
        """The cable, once the central is there; call it again and again while starting.

        An agent whose greeting came before the ingest listened would wait ten seconds for the answer: without one soon,
        the cable goes out and in again, which it notices at once.
        """
        now_s, answers = self._now_s(), self._servers.answers()
        if self._is_linked() or now_s < self._replug_at_s:
            return
        if self._network.mode is not Mode.DOWN:
            self._network.set_mode(Mode.DOWN)
            self._replug_at_s = now_s + _UNPLUGGED_S
        elif all(answers[name].ok for name in ("central", "broker")):
            self._network.set_mode(Mode.UP)
            self._replug_at_s = now_s + _ANSWER_SOON_S

    def spoken(self) -> bytes | None:
        """What the box says now, as WAV; None when it says nothing, or this machine has no voice."""
        return self._sounds.wav(self._classroom.over(self._box.state()))

    def picture(self) -> bytes:
        """The paper that hangs out of the printer, as PNG."""
        return self._printer.picture()


def _part(name: str, status: Status, answers: Mapping[str, Answer], told: Mapping[str, Any]) -> dict[str, Any]:
    if name in answers:
        well = answers[name].ok
    elif name in told:
        well = told[name].ok
    else:
        well = status.state == "running"
    return {"state": status.state, "well": well and status.state == "running", "failures": status.failures}
