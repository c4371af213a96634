"""What the agent weighs: bytes on the wire for each event, and its processor time and memory."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec

from benchmarks.cpu import cpu_s, rss_mb
from benchmarks.rig import Rig, wait_until
from deploy.demo.network import NetworkProxy
from kiosk.core.event import Lane

WITHIN_S = 120
SETTLE_S = 5.0
IDLE_S = 30.0
DRAINING_S = 10.0


class Idle(msgspec.Struct, frozen=True):
    """An agent with nothing to send: share of a core in per cent, resident MB."""

    cpu_percent: float
    rss_mb: float


def bytes_an_event(folder: Path, central_url: str, journal: Path) -> float:
    """Bytes from the kiosk to the broker in one drain over an undisturbed line, everything counted, per event."""
    rig = Rig(folder, central_url, journal)
    with NetworkProxy(rig.broker_port) as line:
        rig.link_port = line.port
        rig.write_settings()
        with rig.central(), rig.watch() as look:
            count = look(Lane.SERVICE)[1]
            with rig.agent():
                wait_until(lambda: look(Lane.SERVICE)[0] == count, "the backlog is acknowledged", WITHIN_S)
        return line.traffic.up_bytes / count


def idle(folder: Path, central_url: str, journal: Path) -> Idle:
    """The agent connected, its (short) journal acknowledged, left alone for half a minute."""
    rig = Rig(folder, central_url, journal)
    with rig.central(), rig.watch() as look, rig.agent() as agent:
        wait_until(lambda: look(Lane.SERVICE)[0] == look(Lane.SERVICE)[1], "the journal is acknowledged", WITHIN_S)
        pause = threading.Event()
        pause.wait(SETTLE_S)
        began_s, used_s = time.monotonic(), cpu_s(agent.pid)
        pause.wait(IDLE_S)
        share = (cpu_s(agent.pid) - used_s) / (time.monotonic() - began_s)
        return Idle(share * 100, rss_mb(agent.pid))


def rss_with_backlog(folder: Path, central_url: str, journal: Path) -> float:
    """Resident MB of the agent in the midst of draining a long journal."""
    rig = Rig(folder, central_url, journal)
    with rig.central(), rig.watch() as look, rig.agent() as agent:
        wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the drain begins", WITHIN_S)
        until_s = time.monotonic() + DRAINING_S
        most, pause = 0.0, threading.Event()
        while time.monotonic() < until_s and look(Lane.SERVICE)[0] < look(Lane.SERVICE)[1]:
            pause.wait(0.2)
            most = max(most, rss_mb(agent.pid))
        return most
