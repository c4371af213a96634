"""How soon a call is on twenty screens, and how much memory the kiosk takes with them and a long day's tickets.

The kiosk is the one of `tickets`, in a process of its own. A call's way is from the officer's press (the moment before
the request leaves) to the arrival of its event at a screen, so it contains the commit. Memory is the daemon's resident
set (VmRSS of /proc) with all screens connected, after `TICKETS` numbers were drawn over HTTP.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec

from benchmarks.office import tickets

SCREENS = 20
CALLS = 100
PIN = "246810"


class Screens(msgspec.Struct, frozen=True):
    """What was measured; `lost` are calls that some screen did not get."""

    reached_s: tuple[float, ...]
    lost: int
    resident_mib: float
    tickets: int


def measure(folder: Path, port: int, process_id: int, drawn: int) -> Screens:
    """With a kiosk that serves on `port` and waits for nobody but us."""
    config = folder / "kentongan.toml"
    command = [sys.executable, "-m", "deploy.cli", "officer", "add", "Ratna", "--pin", PIN, "--config", str(config)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    arrived: list[dict[int, float]] = [{} for _ in range(SCREENS)]
    with ExitStack() as open_:
        ready = threading.Barrier(SCREENS + 1)
        lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(SCREENS)]
        watchers = [
            threading.Thread(target=_watch, args=(line, seen, ready), daemon=True)
            for line, seen in zip(lines, arrived, strict=True)
        ]
        for watcher in watchers:
            watcher.start()
        ready.wait()
        open_.callback(lambda: [line.sock.shutdown(2) for line in lines if line.sock is not None])
        pressed = _calls(port)
        until_s = time.monotonic() + 10
        while time.monotonic() < until_s and any(len(seen) < len(pressed) for seen in arrived):
            time.sleep(0.05)
        resident_mib = _resident_mib(process_id)
    order = sorted(pressed)
    reached = [seen[at] - pressed[at] for seen in arrived for at in order if at in seen]
    return Screens(tuple(reached), SCREENS * len(order) - len(reached), resident_mib, drawn)


def _watch(line: http.client.HTTPConnection, seen: dict[int, float], ready: threading.Barrier) -> None:
    line.request("GET", "/papan/events")
    answer = line.getresponse()
    answer.readline()
    ready.wait()
    try:
        while raw := answer.readline():
            if raw.startswith(b"id: "):
                seen[int(raw[4:])] = time.perf_counter()
    except (OSError, ValueError, AttributeError, http.client.HTTPException):
        return  # the line was closed: the measurement is over


def _calls(port: int) -> dict[int, float]:
    """When each call was pressed, by the number of its event: they are counted from the first."""
    pressed: dict[int, float] = {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        headers = {"Content-Type": "application/json"}
        line.request("POST", "/api/v1/sign-in", json.dumps({"officer": "Ratna", "pin": PIN, "counter": 1}), headers)
        answer = line.getresponse()
        headers["X-CSRF-Token"] = json.loads(answer.read())["csrf"]
        headers["Cookie"] = str(answer.getheader("Set-Cookie")).partition(";")[0]
        for at in range(1, CALLS + 1):
            pressed[at] = time.perf_counter()
            for wish in ("next", "finish"):
                line.request("POST", f"/api/v1/counters/1/{wish}", "{}", headers)
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{wish}: {answer.status}")
            time.sleep(0.05)  # an officer is no machine: calls do not run into one another
    return pressed


def _resident_mib(process_id: int) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS in /proc")


def percentile_ms(screens: Screens, percent: int) -> float:
    return tickets.percentile_s(screens.reached_s, percent) * 1000
