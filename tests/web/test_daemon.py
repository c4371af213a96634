"""The daemon as systemd runs it: it serves, prints, says that it lives, and ends cleanly when told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.store.migrate import migrate
from tests.web.site import free_port, make_settings

PROGRAM = """
import sys
from pathlib import Path
import msgspec
from kiosk.core.settings import SiteSettings
from kiosk.web.serve import serve
serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=SiteSettings))
"""


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def test_the_daemon_serves_prints_speaks_and_ends_when_told(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    settings = msgspec.structs.replace(settings, kiosk=msgspec.structs.replace(settings.kiosk, port=free_port()))
    migrate(settings.database, settings.device)
    (tmp_path / "paper").touch()
    (tmp_path / "site.json").write_bytes(msgspec.json.encode(settings))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(20)
        daemon = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, tmp_path / "site.json"],
            env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "PYTHONPATH": str(Path(__file__).parents[2])},
            stderr=subprocess.PIPE,
        )
        try:
            while systemd.recv(100) != b"READY=1":
                pass
            address = f"http://127.0.0.1:{settings.kiosk.port}"
            wish = urllib.request.Request(
                f"{address}/api/v1/tickets", b'{"service": "usaha"}', {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(wish, timeout=10) as answer:
                drawn = json.loads(answer.read())
            assert drawn["number"] == "A-001"
            until(lambda: (tmp_path / "paper").stat().st_size > 1_000)
            with urllib.request.urlopen(f"{address}/kiosk/alarm/events", timeout=10) as stream:
                assert stream.readline().startswith(b"retry")
                daemon.send_signal(signal.SIGTERM)
                _, said = daemon.communicate(timeout=20)
            assert (daemon.returncode, b"Traceback" in said) == (0, False), said.decode()
            while systemd.recv(100) != b"STOPPING=1":
                pass
        finally:
            daemon.kill()
            daemon.wait(10)
