"""What a unit expects of its daemon, the daemon does: it starts by the unit's own command, tells systemd, and ends."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.machine import ROOT
from tests.deploy.test_units import SERVICES, settings
from tests.ports import free_port

WITHIN_S = 30.0
NOTIFYING = [unit.name for unit in SERVICES if settings(unit.name)["Type"] == ["notify"]]
SITE = """
[site]
code = "31.74.05.1001"
name = "Kelurahan Pulo"
address = "Jl. Puri Mutiara No. 1"
[sync]
central_key = "{key}"
broker_port = {broker}
[paths]
data_dir = "{folder}/site"
[kiosk]
port = {kiosk}
"""
CENTRAL = """
[central]
database = "sqlite:///{folder}/central/central.db"
signing_key = "{folder}/central/central.key"
brokers = ["mqtt://127.0.0.1:{broker}"]
port = {central}
"""


class Systemd:
    """Starts what a unit names, the way systemd does, and hears what is sent to NOTIFY_SOCKET."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self._folder, self.web = folder, ports
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ear.bind(str(folder / "notify"))
        self._ear.settimeout(WITHIN_S)

    def close(self) -> None:
        self._ear.close()

    def command(self, unit: str) -> list[str]:
        (line,) = settings(unit)["ExecStart"]
        words = shlex.split(line.replace("%i", "0-63").replace("/etc/kentongan", str(self._folder)))
        return [sys.executable, "-m", "deploy.cli", *words[1:]]

    def start(self, unit: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "NOTIFY_SOCKET": str(self._folder / "notify")}
        return subprocess.Popen(self.command(unit), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    def serves(self, unit: str) -> None:
        """Returns when a web daemon answers; others have nothing to answer."""
        port = self.web.get(unit)
        until_s, pause = time.monotonic() + WITHIN_S, threading.Event()
        while port is not None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=WITHIN_S):
                    return
            except urllib.error.HTTPError as error:
                error.close()
                return
            except urllib.error.URLError:
                assert time.monotonic() < until_s
                pause.wait(0.02)

    def hears(self, message: bytes) -> None:
        while self._ear.recv(4096) != message:
            pass


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    (tmp_path / "central").mkdir()
    broker, kiosk, central = free_port(), free_port(), free_port()
    ports = {"broker": broker, "kiosk": kiosk, "central": central}
    (tmp_path / "central.toml").write_text(CENTRAL.format(folder=tmp_path, **ports))
    systemd = Systemd(tmp_path, {"kentongan-kiosk.service": kiosk, "kentongan-central.service": central})
    try:
        said = subprocess.run(
            systemd.command("kentongan-central-migrate.service"), cwd=ROOT, capture_output=True, text=True, check=True
        )
        site = SITE.format(folder=tmp_path, key=said.stdout.split()[-1], **ports)
        (tmp_path / "kentongan.toml").write_text(site)
        subprocess.run(systemd.command("kentongan-migrate.service"), cwd=ROOT, capture_output=True, check=True)
        yield systemd
    finally:
        systemd.close()


@pytest.mark.parametrize("unit", NOTIFYING)
def test_daemon_tells_systemd_how_it_is_and_ends_when_told(systemd: Systemd, unit: str) -> None:
    process = systemd.start(unit)
    try:
        systemd.hears(b"READY=1")
        # A unit with a watchdog whose daemon gives no sign of life would be killed again and again.
        if "WatchdogSec" in settings(unit):
            systemd.hears(b"WATCHDOG=1")
        systemd.serves(unit)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN_S) == 0
    finally:
        process.kill()
        process.wait()


def test_key_of_the_kiosk_is_for_its_owner_alone(systemd: Systemd, tmp_path: Path) -> None:
    assert (tmp_path / "site" / "device.key").stat().st_mode & 0o777 == 0o600
