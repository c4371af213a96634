"""How long an alert takes until the central's signed acknowledgement is on the kiosk's disk, with a backlog going out.

How one is pressed and timed is `benchmarks.presser`.
"""

from __future__ import annotations

import random
import threading
from pathlib import Path

import msgspec

from benchmarks.presser import WITHIN_S, presser
from benchmarks.rig import Rig, TooSlow, wait_until
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from kiosk.core.event import Lane

PRESSES = 200
PAUSE_S = (0.01, 0.06)
SLOW_PRESSES = 5
SLOW_PAUSE_S = 4.0
SLOW_BEGUN_WITHIN_S = 90


class SlowAlarms(msgspec.Struct, frozen=True):
    """Alarms over a slow line: each one's seconds, and what the backlog did between the first and the last."""

    seconds: list[float]
    events_meanwhile: int
    bytes_an_event: float


def alarm_seconds(folder: Path, central_url: str, journal: Path) -> list[float]:
    """Seconds of each of `PRESSES` alerts while the journal drains. Raises TooSlow when it ended before they did."""
    rig = Rig(folder, central_url, journal)
    with rig.central(), rig.watch() as look, rig.agent(), presser(rig) as press:
        wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the drain begins", WITHIN_S)
        seconds, pause = [], threading.Event()
        for _ in range(PRESSES):
            pause.wait(random.uniform(*PAUSE_S))
            seconds.append(press.seconds())
        acknowledged, last = look(Lane.SERVICE)
        if acknowledged == last:
            raise TooSlow(f"the backlog of {last} ended before {PRESSES} alarms: give a longer one")
    return seconds


def alarms_over_slow_line(folder: Path, central_url: str, journal: Path) -> SlowAlarms:
    """20 kbit/s and 600 ms there and back, all connections of the kiosk together."""
    rig = Rig(folder, central_url, journal)
    with NetworkProxy(rig.broker_port, mode=Mode.SLOW) as line:
        rig.link_port = line.port
        rig.write_settings()
        with rig.central(), rig.watch() as look, rig.agent(), presser(rig) as press:
            wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the first batch arrives", SLOW_BEGUN_WITHIN_S)
            before, sent_bytes = look(Lane.SERVICE)[0], line.traffic.up_bytes
            seconds, pause = [], threading.Event()
            for _ in range(SLOW_PRESSES):
                pause.wait(SLOW_PAUSE_S)
                seconds.append(press.seconds())
            went = look(Lane.SERVICE)[0] - before
            sent_bytes = line.traffic.up_bytes - sent_bytes
    return SlowAlarms(seconds, went, sent_bytes / max(1, went))
