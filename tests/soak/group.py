"""Kiosks that share a machine and a cable, as those of one city do when its fibre is cut."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from deploy.demo.line import Mode, Speed
from deploy.demo.network import NetworkProxy
from tests.soak.brokers import Brokers
from tests.soak.program import Program
from tests.sync.site import Kiosk
from tests.sync.test_brokers import by_way_of

SLOW = Speed(bits_per_s=400_000, round_trip_s=0.1)


class Group:
    """Their agents are one program; each broker is reached through a proxy of the group's own."""

    def __init__(self, name: str, kiosks: Sequence[Kiosk], brokers: Brokers, folder: Path, stack: ExitStack) -> None:
        self.kiosks = list(kiosks)
        self._cables = [stack.enter_context(NetworkProxy(port, slow=SLOW)) for port in brokers.ports]
        for number, kiosk in enumerate(self.kiosks):
            brokers.welcome(kiosk)
            ports = [cable.port for cable in self._cables]
            first = number % len(ports)
            by_way_of(kiosk, *ports[first:], *ports[:first])
        sites = folder / f"{name}.json"
        sites.write_bytes(msgspec.json.encode([kiosk.settings for kiosk in self.kiosks]))
        password = [] if brokers.are_judges else ["--password"]
        self.agents = Program(["tests.soak.fleet", str(sites), *password], folder / f"{name}.log")
        stack.callback(self.agents.close)

    def cable(self, mode: Mode) -> None:
        """What happens to the network of all of them; a cable that is cut is seen to be so, and to come back."""
        for cable in self._cables:
            cable.set_mode(mode)
        if mode in (Mode.DOWN, Mode.UP):
            for kiosk in self.kiosks:
                (kiosk.carrier / "eth0" / "carrier").write_text(f"{int(mode is Mode.UP)}\n")
