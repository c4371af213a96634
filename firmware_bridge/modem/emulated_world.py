"""What surrounds the emulated modem (SIM, network, faults), and its answers to commands other than sending. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from firmware_bridge.modem.emulated_frames import Submitted


class Quirks(msgspec.Struct, frozen=True):
    """How this maker's modem differs. `chatter` comes before every answer; `refused` commands answer ERROR.

    `bare_prompt`: no space behind `>`, and a line end. `keeps_echo`: ATE0 is answered and not obeyed.
    `insists_on_acknowledgement`: AT+CSMS=0 is refused, and each frame must be answered by AT+CNMA.
    """

    bare_prompt: bool = False
    keeps_echo: bool = False
    insists_on_acknowledgement: bool = False
    chatter: bytes = b""
    refused: tuple[str, ...] = ()


@dataclass
class World:
    """To be changed at any time. `sent` is what the network took, `heard` every command line.

    `reports` are status and delay (ms) of each report on a text; with `reports_first` they come before `+CMGS`.
    `refusals` answer the next texts instead of +CMGS; `hangs` says where the next texts are stopped, `hangs_until` what
    brings the modem back: ESC, a dropped DTR or only its power.
    """

    sim: str = "READY"
    pin: str = ""
    pins_left: int = 3
    stat: int = 1
    level: int = 21
    operator: str = "TELKOMSEL"
    reports: tuple[tuple[int, int], ...] = ((0x00, 500),)
    reports_first: bool = False
    refusals: list[str] = field(default_factory=list)
    hangs: list[Literal["prompt", "frame"]] = field(default_factory=list)
    hangs_until: Literal["escape", "dtr", "power"] = "escape"
    sent: list[Submitted] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    stored: dict[int, str] = field(default_factory=dict)
    reference: int = 0

    @property
    def is_registered(self) -> bool:
        return self.stat in (1, 5)


class Commands:
    """The modem's own settings, as they are after power-up until the host changes them."""

    def __init__(self, world: World, quirks: Quirks) -> None:
        self._world, self._quirks = world, quirks
        self.echo, self.pdu_mode, self.routing = True, False, "0,0,0,0,0"
        self.service = 1 if quirks.insists_on_acknowledgement else 0

    @property
    def texts_to(self) -> str:
        """Where CNMI sends texts: 0 nowhere, 1 into the memory, 2 to the host."""
        return self.routing.split(",")[1]

    @property
    def reports_to(self) -> str:
        """Where CNMI sends reports: 0 nowhere, 1 to the host."""
        return self.routing.split(",")[3]

    def answer(self, command: str, value: str) -> tuple[str, ...]:
        """The lines that answer `command` (before the `=`) with its value."""
        match command:
            case "AT+CPIN":
                return self._pin_given(value.strip('"'))
            case "ATE0":
                self.echo = self._quirks.keeps_echo
            case "AT+CMGF":
                self.pdu_mode = value == "0"
            case "AT+CNMI":
                self.routing = value
            case "AT+CSMS":
                return ("ERROR",) if self._quirks.insists_on_acknowledgement else ("+CSMS: 1,1,1", "OK")
            case "AT+CMGL":
                return (*self._world.stored.values(), "OK")
            case "AT+CMGD":
                self._world.stored.pop(int(value), None)
            case "AT+CSQ":
                return f"+CSQ: {self._world.level},99", "OK"
            case _ if command.endswith("?"):
                return self._shown(command)
            case _ if not command.startswith("AT"):
                return ("ERROR",)
        return ("OK",)

    def _shown(self, command: str) -> tuple[str, ...]:
        world = self._world
        if command == "AT+CPIN?" and world.sim == "NOT INSERTED":
            return ("+CME ERROR: 10",)
        said = {
            "AT+CPIN?": f"+CPIN: {world.sim}",
            "AT+CREG?": f"+CREG: 0,{world.stat}",
            "AT+CEREG?": f"+CEREG: 0,{world.stat}",
            "AT+COPS?": f'+COPS: 0,0,"{world.operator}",7' if world.is_registered else "+COPS: 0",
            "AT+CSMS?": f"+CSMS: {self.service},1,1,1",
            "AT+CNMI?": f"+CNMI: {self.routing}",
        }.get(command)
        return (said, "OK") if said else ("ERROR",)

    def _pin_given(self, pin: str) -> tuple[str, ...]:
        world = self._world
        if pin == world.pin and world.pins_left > 0:
            world.sim, world.pins_left = "READY", 3
            return ("OK",)
        world.pins_left -= 1
        world.sim = "SIM PIN" if world.pins_left > 0 else "SIM PUK"
        return ("+CME ERROR: 16" if world.pins_left > 0 else "+CME ERROR: 12",)
