"""A site without a network: what it keeps, and whether all of it arrives when the network is back.

Presses as the bridge commits them, some joined to an open alert and some not, and health events between them; then the
line comes back and the central must hold each once, presses counted.
"""

from __future__ import annotations

import time
from contextlib import closing

import msgspec

from benchmarks.rig import DEVICE, Rig, wait_until
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import JOIN_PRESSES_WITHIN_S, AlertCode
from kiosk.core.clock import ManualClock, SystemClock
from kiosk.core.event import Lane
from kiosk.store.alerts import raise_alert
from kiosk.store.database import open_store
from kiosk.store.outbox import backlogs
from kiosk.store.parts import record_health
from sync.central.store import open_central

ALERTS, PRESSES_AN_ALERT, HEALTH_EVENTS = 10, 100, 1_000
LANES = (Lane.ALARM, Lane.HEALTH)
WITHIN_S = 240


class Kept(msgspec.Struct, frozen=True):
    """Events that waited and that the central held at last, presses likewise, and how long each lane took."""

    waited: int
    delivered: int
    presses: int
    presses_at_post: int
    alarms_s: float
    all_s: float


def keep_and_deliver(rig: Rig, line: NetworkProxy) -> Kept:
    """The line must be down, the agent and the central running; it is up afterwards. The alerts stay open."""
    _press_without_network(rig)
    with closing(open_store(rig.database)) as store, closing(open_central(rig.central_url)) as central:
        held = {lane: held.last_seq - held.acknowledged_seq for lane, held in backlogs(store).items() if lane in LANES}
        assert sum(held.values()) >= ALERTS * PRESSES_AN_ALERT + HEALTH_EVENTS, "something got through"
        line.set_mode(Mode.UP)
        began_s = time.monotonic()
        wait_until(lambda: backlogs(store)[Lane.ALARM].waiting == 0, "the alarms are delivered", WITHIN_S, 0.02)
        alarms_s = time.monotonic() - began_s
        wait_until(lambda: backlogs(store)[Lane.HEALTH].waiting == 0, "all is delivered", WITHIN_S, 0.1)
        all_s = time.monotonic() - began_s
        last = {lane: backlogs(store)[lane].last_seq for lane in LANES}
        missed = {lane: max(0, last[lane] - rig.held_by_central(lane)) for lane in LANES}
        at_post = sum(alert.presses for alert in central.open_alerts() if alert.device == DEVICE)
    waited = sum(held.values())
    return Kept(waited, waited - sum(missed.values()), ALERTS * PRESSES_AN_ALERT, at_post, alarms_s, all_s)


def _press_without_network(rig: Rig) -> None:
    """By a clock that runs ahead of the real one, as these presses take some minutes."""
    now = SystemClock().now()
    clock = ManualClock(now.wall_ms, now.boot, now.mono_ms)
    with closing(open_store(rig.database, clock)) as store:
        for _ in range(ALERTS):
            clock.advance(JOIN_PRESSES_WITHIN_S + 1)
            for _ in range(PRESSES_AN_ALERT):
                raise_alert(store, AlertCode.PANIC, "button")
        for number in range(HEALTH_EVENTS):
            record_health(store, "bench.reading", {"number": number})
