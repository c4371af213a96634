"""How fast a kiosk issues tickets over HTTP, next to how fast its disk takes a bare SQLite commit.

The kiosk is `kentongan kiosk serve` in a process of its own, as in production, without a printer. A ticket there is a
number from its block, ticket, journal row with its hash, idempotency key and print job in one transaction; the baseline
is one row in one transaction with the same pragmas on the same disk. Every number is checked: a fast kiosk that gives
two people the same one is no kiosk.
"""

from __future__ import annotations

import http.client
import json
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from benchmarks.raw_commits import raw_commits

READY_WITHIN_S = 30.0
SETTINGS = """
[site]
code = "31.74.05.1001"
name = "Kelurahan Pulo"
address = "Jl. Puri Mutiara No. 1"
[sync]
central_key = "{key}"
[paths]
data_dir = "{folder}"
[kiosk]
port = {port}
"""


class Row(msgspec.Struct, frozen=True):
    """One line of the table. `found`: duplicates, gaps and errors; None where there are no numbers."""

    what: str
    clients: int
    took_s: float
    each_s: tuple[float, ...]
    found: tuple[int, int, int] | None = None

    @property
    def per_s(self) -> float:
        return len(self.each_s) / self.took_s

    def percentile_ms(self, percent: int) -> float:
        return percentile_s(self.each_s, percent) * 1000


def percentile_s(each_s: Sequence[float], percent: int) -> float:
    return statistics.quantiles(each_s, n=100)[percent - 1]


def measure(count: int, port: int) -> list[Row]:
    """One client and eight, each `count` tickets, at a kiosk that serves on `port`."""
    return [measure_one(clients, count, port) for clients in (1, 8)]


def measure_raw_commits(path: Path, count: int) -> Row:
    """The baseline: one row a transaction, with the pragmas of the kiosk, on the disk of `path`."""
    with raw_commits(path) as commit:
        began_s = time.perf_counter()
        each_s = tuple(commit(number) for number in range(count))
        return Row("raw SQLite commit (WAL, FULL)", 1, time.perf_counter() - began_s, each_s)


def measure_one(clients: int, count: int, port: int) -> Row:
    start = threading.Barrier(clients + 1)
    shares = [count // clients + (client < count % clients) for client in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(_client, port, share, start) for share in shares]
        start.wait()
        began_s = time.perf_counter()
        answers = [answer for client in running for answer in client.result()]
        took_s = time.perf_counter() - began_s
    numbers = [number for number, _ in answers if number]
    found = (*_doubled_and_missing(numbers), len(answers) - len(numbers))
    return Row("ticket over HTTP", clients, took_s, tuple(each_s for _, each_s in answers), found)


def _client(port: int, count: int, start: threading.Barrier) -> list[tuple[str, float]]:
    """(number or "" for an error, seconds) of each ticket, over one connection."""
    answers = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        service = _first_service(connection)
        body = json.dumps({"service": service})
        start.wait()
        for _ in range(count):
            headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
            at_s = time.perf_counter()
            connection.request("POST", "/api/v1/tickets", body, headers)
            answer = connection.getresponse()
            data = answer.read()
            each_s = time.perf_counter() - at_s
            answers.append((json.loads(data)["number"] if answer.status == 201 else "", each_s))
    return answers


def _first_service(connection: http.client.HTTPConnection) -> str:
    connection.request("GET", "/api/v1/services")
    service: str = json.loads(connection.getresponse().read())["services"][0]["id"]
    return service


def _doubled_and_missing(numbers: Sequence[str]) -> tuple[int, int]:
    """Of numbers like A-017: how many were given more than once, and how many between the first and the last never."""
    counts = Counter(numbers)
    ordinals = sorted(int(number.rpartition("-")[2]) for number in counts)
    missing = ordinals[-1] - ordinals[0] + 1 - len(ordinals) if ordinals else 0
    return len(numbers) - len(counts), missing


@contextmanager
def kiosk(folder: Path, config: Path, settings: str = SETTINGS) -> Iterator[tuple[int, int]]:
    """A kiosk that serves: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config.write_text(settings.format(key="0" * 64, folder=folder, port=port))
    kentongan = [sys.executable, "-m", "deploy.cli"]
    subprocess.run([*kentongan, "migrate", "--config", str(config)], check=True, stdout=subprocess.DEVNULL)
    command = [*kentongan, "kiosk", "serve", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_answers(port)
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(READY_WITHIN_S)


def _wait_until_it_answers(port: int) -> None:
    until_s = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=READY_WITHIN_S)) as connection:
                _first_service(connection)
                return
        except ConnectionRefusedError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.05)
