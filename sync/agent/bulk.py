"""The bulk connection: service events, then health, in batches. While an alarm waits, no new batch starts.

An alarm that cannot get through at all must not hold the tickets for ever, so the pause ends after ten seconds.
"""

from __future__ import annotations

import time

from kiosk.core.event import Lane
from kiosk.store.outbox import backlogs
from sync.agent.duty import Duty
from sync.plan import Window
from sync.wire.topics import Up

ALARM_FIRST_FOR_S = 10.0


class BulkDuty(Duty):
    """The service and health lanes, in this order."""

    name = "bulk"
    lanes = (Lane.SERVICE, Lane.HEALTH)
    channel = Up.BATCH
    window = Window()
    patient = True
    _paused_at_s: float | None = None

    def may_send(self) -> bool:
        if not backlogs(self.store)[Lane.ALARM].waiting:
            self._paused_at_s = None
            return True
        now_s = time.monotonic()
        self._paused_at_s = self._paused_at_s or now_s
        return now_s - self._paused_at_s > ALARM_FIRST_FOR_S
