"""How long an alert takes until the central's signed acknowledgement is on the kiosk's disk, with a backlog going out.

The press is `kiosk.store.alerts.raise_alert`, as the bridge calls it, in a process of its own; the clock stops when the
alert has reached evidence E4 in the file that all daemons share.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from benchmarks.sync.rig import Rig, TooSlow, wait_until
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import JOIN_PRESSES_WITHIN_S, AlertCode, Evidence
from kiosk.core.clock import ManualClock, SystemClock
from kiosk.core.event import Lane
from kiosk.store import alerts
from kiosk.store.database import Store, open_store

PRESSES = 200
PAUSE_S = (0.01, 0.06)
LOOK_EVERY_S = 0.0005
WITHIN_S = 60
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
    with rig.central(), rig.watch() as look, rig.agent(), _presser(rig) as press:
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
        with rig.central(), rig.watch() as look, rig.agent(), _presser(rig) as press:
            wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the first batch arrives", SLOW_BEGUN_WITHIN_S)
            before, sent_bytes = look(Lane.SERVICE)[0], line.traffic.up_bytes
            seconds, pause = [], threading.Event()
            for _ in range(SLOW_PRESSES):
                pause.wait(SLOW_PAUSE_S)
                seconds.append(press.seconds())
            went = look(Lane.SERVICE)[0] - before
            sent_bytes = line.traffic.up_bytes - sent_bytes
    return SlowAlarms(seconds, went, sent_bytes / max(1, went))


class _Presser:
    """Presses the button; its clock runs ahead so that no press joins the one before."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self._store, self._clock = store, clock

    def seconds(self) -> float:
        self._clock.advance(JOIN_PRESSES_WITHIN_S + 1)
        began_s = time.monotonic()
        alert = alerts.raise_alert(self._store, AlertCode.PANIC, "button")

        def received() -> bool:
            return alerts.find(self._store, alert.id).evidence >= Evidence.RECEIVED

        wait_until(received, "the alert is acknowledged", WITHIN_S, LOOK_EVERY_S)
        return time.monotonic() - began_s


@contextmanager
def _presser(rig: Rig) -> Iterator[_Presser]:
    now = SystemClock().now()
    clock = ManualClock(now.wall_ms, now.boot, now.mono_ms)
    with closing(open_store(rig.database, clock)) as store:
        yield _Presser(store, clock)
