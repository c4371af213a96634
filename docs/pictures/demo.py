"""A demonstration to photograph: started as a visitor starts it, and driven through the addresses it publishes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

END_TIMEOUT_S = 30


class Demo:
    """A running demo; `places` is its `demo.json`."""

    def __init__(self, url: str, places: dict[str, Any]) -> None:
        self.url, self.places = url.rstrip("/"), places
        self.kiosk_api = places["kiosk"].removesuffix("/kiosk/") + "/api/v1"

    def sim(self, what: str, **body: object) -> None:
        """What a hand would do to the simulated box. Raises OSError when it is refused."""
        self._post(f"{self.url}/sim/{what}", body)

    def state(self) -> dict[str, Any]:
        """What there is to see of the simulated box."""
        with urllib.request.urlopen(f"{self.url}/sim/state", timeout=10) as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def paper(self) -> bytes:
        """The paper that hangs out of the printer, as PNG."""
        with urllib.request.urlopen(f"{self.url}/sim/paper.png", timeout=10) as answer:
            picture: bytes = answer.read()
        return picture

    def services(self) -> list[str]:
        with urllib.request.urlopen(f"{self.kiosk_api}/services", timeout=10) as answer:
            return [service["id"] for service in json.load(answer)["services"]]

    def ticket(self, service: str) -> None:
        """A resident takes a number."""
        self._post(f"{self.kiosk_api}/tickets", {"service": service})

    def _post(self, url: str, body: object) -> None:
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30):
            pass


@contextmanager
def running_demo(folder: Path, port: int) -> Iterator[Demo]:
    """Starts a demo, waits for READY and ends it with Ctrl-C. Raises RuntimeError when it ends before."""
    command = [sys.executable, "-m", "deploy.cli", "demo", "--dir", str(folder), "--port", str(port)]
    # Where no systemd-timesyncd keeps the clock (a container), every alert would be marked as told by an unsure one.
    environment = {**os.environ, "KENTONGAN_CLOCK": "synchronised"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("READY "):
                break
        else:
            raise RuntimeError("the demo ended before READY:\n" + "".join(said))
        try:
            yield Demo(said[-1].split()[1], json.loads((folder / "demo.json").read_text()))
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
