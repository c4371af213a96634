"""Somebody who presses without a box: `kiosk.store.alerts.raise_alert`, as the bridge calls it, in this process.

The clock stops when the alert has reached evidence E4 in the file that all daemons share: committed at the central,
signed there, checked and committed here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from benchmarks.rig import Rig, wait_until
from kiosk.core.alert import JOIN_PRESSES_WITHIN_S, AlertCode, Evidence
from kiosk.core.clock import ManualClock, SystemClock
from kiosk.store import alerts
from kiosk.store.database import Store, open_store

LOOK_EVERY_S = 0.0005
WITHIN_S = 60


class Presser:
    """Presses the button; its clock runs ahead so that no press joins the one before."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self._store, self._clock = store, clock

    def seconds(self) -> float:
        """From before the commit here until the central's receipt is on disk here."""
        self._clock.advance(JOIN_PRESSES_WITHIN_S + 1)
        began_s = time.monotonic()
        alert = alerts.raise_alert(self._store, AlertCode.PANIC, "button")

        def received() -> bool:
            return alerts.find(self._store, alert.id).evidence >= Evidence.RECEIVED

        wait_until(received, "the alert is acknowledged", WITHIN_S, LOOK_EVERY_S)
        return time.monotonic() - began_s


@contextmanager
def presser(rig: Rig) -> Iterator[Presser]:
    """At the kiosk of that rig."""
    now = SystemClock().now()
    clock = ManualClock(now.wall_ms, now.boot, now.mono_ms)
    with closing(open_store(rig.database, clock)) as store:
        yield Presser(store, clock)
