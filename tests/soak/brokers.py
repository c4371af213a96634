"""The real brokers of a random schedule, behind one port: a Mosquitto with permissions, and a cluster of ejabberd."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Protocol

import msgspec

from deploy.broker.mosquitto import permissions
from sync.tls import TlsFiles
from tests.broker.site import WORKER, SecureBroker
from tests.soak.ejabberd import Cluster
from tests.sync.site import Kiosk, eventually


class Brokers(Protocol):
    """`ports` of those that are there or will be again; `are_judges`: whether `deny` does anything."""

    ports: list[int]
    are_judges: bool
    module: str

    def welcome(self, kiosk: Kiosk) -> None:
        """Gives a kiosk what it has to show."""

    def central_lines(self) -> str:
        """How the central reaches them: lines of its settings."""

    def tls_of(self, kiosk: Kiosk) -> TlsFiles | None:
        """What it shows there."""

    def kill(self, number: int) -> None:
        """`kill -9`; nothing when that one is dead or is the last that lives of a cluster."""

    def revive(self) -> None:
        """All of them live when this returns."""

    def deny(self, device: str) -> None: ...

    def permit(self) -> None:
        """Everybody may again what is his."""


class Mosquitto:
    """One broker behind certificates, as we set it up; it keeps nothing."""

    are_judges = True
    module = "deploy.cli"

    def __init__(self, broker: SecureBroker) -> None:
        self._broker, self.ports = broker, [broker.port]
        self._worker = broker.files(WORKER)
        self._running: ExitStack | None = None
        self._denied: set[str] = set()
        self.revive()

    def welcome(self, kiosk: Kiosk) -> None:
        mine = self._broker.files(kiosk.device)
        secured = msgspec.structs.replace(
            kiosk.settings.sync, tls_ca=mine.authority, tls_certificate=mine.certificate, tls_key=mine.key
        )
        kiosk.settings = msgspec.structs.replace(kiosk.settings, sync=secured)

    def central_lines(self) -> str:
        files = self._worker
        return (
            f'brokers = ["mqtts://127.0.0.1:{self.ports[0]}"]\ntls_ca = "{files.authority}"\n'
            f'tls_certificate = "{files.certificate}"\ntls_key = "{files.key}"\n'
        )

    def tls_of(self, kiosk: Kiosk) -> TlsFiles:
        sync = kiosk.settings.sync
        return TlsFiles(sync.tls_ca, sync.tls_certificate, sync.tls_key)

    def kill(self, number: int) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None

    def revive(self) -> None:
        if self._running is None:
            with ExitStack() as starting:
                starting.enter_context(self._broker.running())
                self._running = starting.pop_all()

    def deny(self, device: str) -> None:
        self._denied.add(device)
        self._rewrite()

    def permit(self) -> None:
        self._denied.clear()
        self._rewrite()

    def _rewrite(self) -> None:
        denied = "".join(f"\nuser {device}\ntopic deny kt/#\n" for device in sorted(self._denied))
        self._broker.permit(permissions(self._broker.plan) + denied)
        if self._running is not None:
            self._broker.reload()

    def close(self) -> None:
        self.kill(0)


class Ejabberd:
    """A cluster of nodes, of which at least one lives. It lets everybody in."""

    are_judges = False
    module = "tests.soak.password"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self.ports = cluster, cluster.ports
        self._dead: set[int] = set()

    def welcome(self, kiosk: Kiosk) -> None:
        """It asks for nothing."""

    def central_lines(self) -> str:
        return f"brokers = {[f'mqtt://127.0.0.1:{port}' for port in self.ports]}\n"

    def tls_of(self, _kiosk: Kiosk) -> None:
        return None

    def kill(self, number: int) -> None:
        number %= len(self.ports)
        if number not in self._dead and len(self._dead) + 1 < len(self.ports):
            self._cluster.kill(number)
            self._dead.add(number)

    def revive(self) -> None:
        for number in sorted(self._dead):
            self._cluster.revive(number)
        if self._dead:
            alive = next(number for number in range(len(self.ports)) if number not in self._dead)
            eventually(lambda: len(self._cluster.control(alive, "list_cluster").split()) == len(self.ports), 60)
        self._dead.clear()

    def deny(self, device: str) -> None:
        raise AssertionError(f"who judges nobody cannot deny {device}")

    def permit(self) -> None:
        """Nobody is denied anything."""
