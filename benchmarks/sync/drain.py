"""How fast a backlog leaves a kiosk: from the start of the agent's process to the last acknowledgement on its disk.

An acknowledgement means: committed at the central, signed there, checked and committed here.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.sync.rig import Rig, wait_until
from kiosk.core.event import Lane

WITHIN_S = 300


def drain_rate(folder: Path, central_url: str, journal: Path) -> float:
    """Events a second of one drain into the central's empty database at `central_url`."""
    rig = Rig(folder, central_url, journal)
    with rig.central(), rig.watch() as look:
        count = look(Lane.SERVICE)[1]
        began_s = time.monotonic()
        with rig.agent():
            wait_until(lambda: look(Lane.SERVICE)[0] == count, "the backlog is acknowledged", WITHIN_S)
            took_s = time.monotonic() - began_s
    assert rig.held_by_central(Lane.SERVICE) == count, "acknowledged but not held"
    return count / took_s
