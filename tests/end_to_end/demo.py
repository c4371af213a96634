"""A real `kentongan demo` in a process of its own, and the few things that a visitor, an officer and a program do."""

from __future__ import annotations

import http.client
import json
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PORTS = 6
READY_WITHIN_S = 120.0


def free_port_row() -> int:
    """The first of six free ports in a row."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        if first > 65_000:
            continue
        try:
            for port in range(first, first + PORTS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


class Answer:
    """Status, headers and decoded JSON of one HTTP answer."""

    def __init__(self, status: int, content_type: str, data: bytes) -> None:
        self.status, self.content_type, self.data = status, content_type, data

    @property
    def json(self) -> Any:
        return json.loads(self.data)


def call(
    method: str, url: str, body: object = None, headers: dict[str, str] | None = None, timeout_s: float = 60
) -> Answer:
    """One request; an error status is an answer too. Bytes are sent as they are. Raises OSError without a server."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        return _answered(request, timeout_s)
    except http.client.HTTPException as error:  # the server died in the middle of its answer: nobody saw it
        raise ConnectionError(f"broken answer: {error!r}") from error


def _answered(request: urllib.request.Request, timeout_s: float) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:
            return Answer(response.status, response.headers.get("Content-Type", ""), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get("Content-Type", ""), error.read())


class Demo:
    """A running demo."""

    def __init__(self, folder: Path, url: str, lines: list[str], took_s: float) -> None:
        self.folder, self.url, self.lines, self.took_s = folder, url.rstrip("/"), lines, took_s
        self.file: dict[str, Any] = json.loads((folder / "demo.json").read_text())
        self.kiosk = self.file["kiosk"].removesuffix("/kiosk/")
        self.central = self.file["central"].removesuffix("/posko/")

    def sim(self, what: str, **body: object) -> Any:
        answer = call("POST", f"{self.url}/sim/{what}", body)
        assert answer.status < 300, answer.data
        return answer.json if answer.data else None

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = call("GET", f"{self.url}/sim/state").json
        return state

    def ask_central(self, path: str) -> Any:
        answer = call("GET", f"{self.central}/api/v1/{path}", headers=self.token)
        assert answer.status == 200, answer.data
        return answer.json

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.file['central_token']}"}

    def ticket(self, service: str, key: str | None = None, timeout_s: float = 5.0) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        return call("POST", f"{self.kiosk}/api/v1/tickets", {"service": service}, headers, timeout_s)

    def services(self) -> list[str]:
        return [service["id"] for service in call("GET", f"{self.kiosk}/api/v1/services").json["services"]]


@contextmanager
def running_demo(folder: Path, port: int | None = None) -> Iterator[Demo]:
    """Starts the demo, waits for READY, and ends it with Ctrl-C, which must be a clean end."""
    chosen = port or free_port_row()
    command = [sys.executable, "-m", "deploy.cli", "demo", "--dir", str(folder), "--port", str(chosen)]
    began_s = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    heard: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    output = process.stdout

    def listen() -> None:
        for line in output:
            heard.put(line)
        heard.put(None)

    listener = threading.Thread(target=listen)
    listener.start()
    lines: list[str] = []
    try:
        while not (lines and lines[-1].startswith("READY ")):
            left_s = READY_WITHIN_S - (time.monotonic() - began_s)
            line = heard.get(timeout=max(0.1, left_s))
            assert line is not None, "the demo ended before READY:\n" + "".join(lines)
            lines.append(line)
        yield Demo(folder, lines[-1].split()[1], lines, time.monotonic() - began_s)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        listener.join()
        output.close()


def eventually(true: Any, within_s: float = 15.0) -> Any:
    """The first truthy answer of `true()`; an OSError counts as not yet. Fails after `within_s`."""
    until, pause = time.monotonic() + within_s, threading.Event()
    while True:
        try:
            if value := true():
                return value
        except OSError:
            pass  # the server is starting again
        assert time.monotonic() < until, f"not within {within_s} s"
        pause.wait(0.02)
