"""Peer: ThingsBoard IoT Gateway (PyPI `thingsboard-gateway`), draining its own SQLite storage to a broker.

It runs as its own process with the settings it ships, so each of its steps is its own code. It sends nothing until a
ThingsBoard server has told it the session's limits, so a small answerer says them: no rate limits, and that server's
defaults otherwise. What counts is the broker's PUBACK: no server stands behind this broker, and nothing is committed
there. It is timed from its first confirmed pack to its last, so that neither its start nor its connecting counts. Its
packages conflict with ours and live in `.bench/`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.rig import DEVICE, ROOT, TooSlow, running_mosquitto, wait_until
from sync.broker import Arrived, Connected, Connection
from tests.ports import free_port

VERSION = "3.8.5"
WITHIN_S = 180
ENVIRONMENT = ROOT / ".bench" / "thingsboard-gateway"
LOCK = ROOT / "requirements" / "bench.lock"

_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence false
set_tcp_nodelay true
max_inflight_messages 100
log_dest stderr
log_type error
"""
_ASK = "v1/devices/me/rpc/request/+"
_LIMITS = {"maxPayloadSize": 65_536, "maxInflightMessages": 100, "rateLimits": {}, "gatewayRateLimits": {}}
# Run by the peer's own Python: its own storage class writes its own file.
_FILL = """\
import logging, sqlite3, sys, threading, time
from thingsboard_gateway.storage.sqlite.sqlite_event_storage import SQLiteEventStorage
logging.Logger.trace = logging.Logger.debug
storage = SQLiteEventStorage({"data_file_path": sys.argv[1]}, logging.getLogger("storage"), threading.Event())
count = 0
for line in sys.stdin:
    while not storage.put(line.rstrip()):
        time.sleep(0.01)
    count += 1
written = sqlite3.connect(sys.argv[1] + "data.db")
while written.execute("SELECT COUNT(*) FROM messages").fetchone()[0] < count:
    time.sleep(0.05)
storage.stop()
"""


def _settings(port: int, data: Path) -> dict[str, object]:
    free = dict.fromkeys(
        ("rateLimits", "dpRateLimits", "messagesRateLimits", "deviceMessagesRateLimits", "deviceRateLimits"), "0:0"
    )
    thingsboard = {
        "host": "127.0.0.1",
        "port": port,
        "remoteShell": False,
        "remoteConfiguration": False,
        "statistics": {"enable": False},
        "deviceFiltering": {"enable": False},
        "security": {"type": "accessToken", "accessToken": "bench"},
        "qos": 1,
        "reportStrategy": {"type": "ON_RECEIVED"},
        **free,
        "deviceDpRateLimits": "0:0",
    }
    return {
        "thingsboard": thingsboard,
        "storage": {"type": "sqlite", "data_file_path": f"{data}/"},
        "grpc": {"enabled": False},
        "connectors": [],
    }


def prepare() -> str:
    """Installs the peer when it is missing; why it can't be measured, or empty."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    if (ENVIRONMENT / "installed").exists():
        return ""
    arguments = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"thingsboard-gateway {VERSION} could not be installed: {done.stderr.strip().splitlines()[-1:]}"
    (ENVIRONMENT / "installed").touch()
    return ""


def drain_rate(folder: Path, journal: Path) -> float:
    """Events a second from its storage to the broker's PUBACK."""
    port, data = free_port(), folder / "data"
    data.mkdir(parents=True)
    (folder / "tb_gateway.json").write_text(json.dumps(_settings(port, data)))
    (folder / "connected_devices.json").write_text("{}")
    count = _fill(data, journal)
    program = [str(ENVIRONMENT / "bin" / "python"), "-m", "thingsboard_gateway.tb_gateway"]
    environment = {**os.environ, "TB_GW_CONFIG_DIR": str(folder)}
    environment.pop("PYTHONPATH", None)
    with (
        running_mosquitto(folder / "broker", _BROKER.format(port=port), port),
        _answering(port),
        (folder / "gateway.log").open("wb") as log,
        subprocess.Popen(program, cwd=folder, env=environment, stdout=log, stderr=log) as gateway,
    ):
        try:
            return _watch(data / "data.db", count)
        finally:
            gateway.kill()


@contextmanager
def _answering(port: int) -> Iterator[None]:
    """Says the session's limits to whoever asks, as a ThingsBoard server does after a connect."""
    stop, ready = threading.Event(), threading.Event()

    def answer() -> None:
        connection = Connection("bench-limits")
        connection.connect("127.0.0.1", port)
        try:
            while not stop.is_set():
                for happening in connection.step(0.1):
                    if isinstance(happening, Connected):
                        connection.subscribe([_ASK])
                        ready.set()
                    elif isinstance(happening, Arrived):
                        topic = happening.topic.replace("/request/", "/response/")
                        connection.publish(topic, json.dumps(_LIMITS).encode())
        finally:
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        assert ready.wait(10), "the broker does not answer"
        yield
    finally:
        stop.set()
        thread.join()


def _fill(data: Path, journal: Path) -> int:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        sql = "SELECT wall_ms, kind, seq, body FROM journal WHERE lane = 'service' ORDER BY seq"
        lines = [
            json.dumps(
                {
                    "deviceName": DEVICE,
                    "deviceType": "kiosk",
                    "telemetry": [{"ts": wall_ms, "values": {"kind": kind, "seq": seq, **json.loads(body)}}],
                },
                separators=(",", ":"),
            )
            for wall_ms, kind, seq, body in connection.execute(sql)
        ]
    python = str(ENVIRONMENT / "bin" / "python")
    text = "\n".join(lines) + "\n"
    subprocess.run([python, "-c", _FILL, f"{data}/"], input=text.encode(), check=True, stdout=sys.stderr)
    return len(lines)


def _watch(database: Path, count: int) -> float:
    """Its storage deletes what the broker has confirmed: from the first such pack to the empty table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:

        def left() -> int:
            first = connection.execute("SELECT MIN(id) FROM messages").fetchone()[0]
            return 0 if first is None else count - first + 1

        wait_until(lambda: left() < count, "the gateway sends", WITHIN_S)
        began_s, began_left = time.monotonic(), left()
        until_s = began_s + WITHIN_S
        wait_until(lambda: left() == 0, "the gateway drains its storage", WITHIN_S)
        if time.monotonic() > until_s:
            raise TooSlow("the gateway did not drain its storage")
        return began_left / (time.monotonic() - began_s)
