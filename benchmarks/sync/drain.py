"""How fast a backlog leaves a kiosk: until the last acknowledgement is on its disk.

An acknowledgement means: committed at the central, signed there, checked and committed here.
"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from benchmarks.cpu import cpu_s
from benchmarks.rig import Rig, wait_until
from kiosk.core.event import Lane

WITHIN_S = 300


class Drain(msgspec.Struct, frozen=True):
    """One drain. `per_s` counts from the start of the agent's process, `steady_per_s` from its first acknowledgement
    to its last, as a peer is timed. Processor time an event; the agent's includes its start."""

    count: int
    per_s: float
    steady_per_s: float
    agent_us: float
    central_us: float


def drain(folder: Path, central_url: str, journal: Path) -> Drain:
    """Drains a copy of the journal into the central's empty database at `central_url`."""
    rig = Rig(folder, central_url, journal)
    with rig.central() as ingest, rig.watch() as look:
        count = look(Lane.SERVICE)[1]
        central_s, began_s = cpu_s(ingest.pid), time.monotonic()
        with rig.agent() as agent:
            wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the first batch is acknowledged", WITHIN_S)
            first, first_s = look(Lane.SERVICE)[0], time.monotonic()
            wait_until(lambda: look(Lane.SERVICE)[0] == count, "the backlog is acknowledged", WITHIN_S)
            ended_s = time.monotonic()
            agent_s, central_s = cpu_s(agent.pid), cpu_s(ingest.pid) - central_s
    assert rig.held_by_central(Lane.SERVICE) == count, "acknowledged but not held"
    steady_per_s = (count - first) / (ended_s - first_s)
    return Drain(count, count / (ended_s - began_s), steady_per_s, agent_s / count * 1e6, central_s / count * 1e6)
