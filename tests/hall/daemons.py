"""A hall of real daemons: a hub and two satellites, a process each, and a network that fails on each line."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from click.testing import CliRunner

from deploy.cli import kentongan
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from kiosk.core.settings import SiteSettings, load_site
from kiosk.store.database import Store, open_store
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
CONFIG = """
kiosk_id = "{name}"
[site]
code = "31.74.05.1001"
name = "Kelurahan Pulo"
address = "Jl. Puri Mutiara No. 1"
counters = 3
[sync]
central_key = "{key}"
[paths]
data_dir = "{folder}"
[kiosk]
port = {port}
tls_port = {tls}
tls_host = "127.0.0.1"
tls_names = ["localhost", "127.0.0.1"]
[hall]
role = "{role}"
lease_numbers = 5
spare_numbers = 10
{hub}
"""
DEADLINE_S = 60.0


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, f"waited {DEADLINE_S:.0f} s: {what}"
        threading.Event().wait(0.05)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(kentongan, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


class Daemon:
    """One kiosk: its settings, its store, its process."""

    def __init__(self, folder: Path, name: str, role: str, tls: int = 0, hub: str = "") -> None:
        self.name, self.port, self.tls = name, free_port(), tls
        self.config = folder / f"{name}.toml"
        line = f'hub = "{hub}"' if hub else ""
        self.config.write_text(
            CONFIG.format(name=name, key="0" * 64, folder=folder / name, port=self.port, tls=tls, role=role, hub=line)
        )
        run("migrate", "--config", str(self.config))
        self.settings: SiteSettings = load_site(self.config)
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{name}.log"
        self.cookie = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "deploy.cli", "kiosk", "serve", "--config", str(self.config)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ})
        until(self._answers, f"{self.name} serves")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-2_000:]
        try:
            return self.get("/api/v1/services")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        finally:
            self.process.kill()
            self.process.wait(15)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        return self._said("GET", path, None, headers or {})

    def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        return self._said("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})

    def _said(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request(method, path, body, {"Accept": "application/json", "Cookie": self.cookie, **headers})
            answer = line.getresponse()
            data = answer.read()
            self.cookie = answer.getheader("Set-Cookie", self.cookie).partition(";")[0]
            return answer.status, json.loads(data) if data[:1] in (b"{", b"[") else data.decode()
        finally:
            line.close()

    def store(self) -> Store:
        return open_store(self.settings.database)


class RealHall:
    """Starts on entering and ends every process on leaving."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance, self.cuts = random.Random(seed), 0
        self.hub = Daemon(folder, "k1", "hub", tls=free_port())
        run("kiosk", "certificate", "--config", str(self.hub.config))  # as the first start makes it
        self.lines = [NetworkProxy(self.hub.tls), NetworkProxy(self.hub.tls)]
        for line in self.lines:
            line.start()
        self.satellites = []
        for name, line in zip(("k2", "k3"), self.lines, strict=True):
            daemon = Daemon(folder, name, "satellite", hub=f"https://127.0.0.1:{line.port}")
            key = folder / f"{name}.key"
            run("hub", "add", name, "--out", str(key), "--config", str(self.hub.config))
            run("hub", "join", str(key), "--config", str(daemon.config))
            self.satellites.append(daemon)
        self.kiosks = [self.hub, *self.satellites]

    def __enter__(self) -> Self:
        for kiosk in self.kiosks:
            kiosk.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with ExitStack() as ending:
            for line in self.lines:
                ending.callback(line.stop)
            for kiosk in self.kiosks:
                ending.callback(kiosk.end)  # each, whatever becomes of another

    def spoil(self) -> None:
        """One of the lines changes by chance."""
        mode = self.chance.choice((Mode.UP, Mode.UP, Mode.DOWN, Mode.BLACKHOLE))
        self.cuts += mode is not Mode.UP
        self.chance.choice(self.lines).set_mode(mode)

    def heal(self) -> None:
        for line in self.lines:
            line.set_mode(Mode.UP)
        for satellite in self.satellites:
            until(lambda one=satellite: _is_whole(one), f"{satellite.name} is linked and has told everything")  # type: ignore[misc]


def _is_whole(satellite: Daemon) -> bool:
    hall = satellite.get("/healthz")[1]["parts"]["hall"]
    return bool(hall["ok"]) and hall["detail"]["unmerged"] == 0
