"""The daily test that needs nobody: Contact ID 602 to the receiving centre, and an event on the whole way of an alert.

It is handed to the receiving centre before it is marked as begun, so that a crash between the two tells the centre
twice rather than not at all; within one process it is handed over once. What the centre replied is kept as a health
event. The weekly drill is never begun here: that it is due is only told, for the officer's screen to ask for one.
"""

from __future__ import annotations

import logging

from firmware_bridge.carriers import Carriers
from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Outcome
from firmware_bridge.hearing import Hearing
from kiosk.core.clock import Moment
from kiosk.core.exercise import Exercise, is_due, spread_s
from kiosk.core.ladder import Tests
from kiosk.core.proof import RAW_TOLD_LIMIT, plain
from kiosk.store.database import Store
from kiosk.store.exercises import begin_daily_test, last_done
from kiosk.store.parts import record_health

LOOK_MS = 60_000
_KEPT = (Outcome.CARRIED, Outcome.REFUSED)

log = logging.getLogger("bridge.test")


class DailyTest:
    """Used by one thread."""

    def __init__(self, store: Store, carriers: Carriers, hearing: Hearing, utc_offset_h: int) -> None:
        self._store, self._carriers, self._hearing = store, carriers, hearing
        self._utc_offset_h = utc_offset_h
        self._look_ms = 0
        self._is_handed = False
        self.is_drill_due = False

    def turn(self, tests: Tests) -> None:
        """Looks once a minute; keeps a reply at once. Raises StoreError, and loses nothing by it."""
        self._keep_replies()
        now = self._store.now()
        if now.mono_ms < self._look_ms:
            return
        self._look_ms = now.mono_ms + LOOK_MS
        drill_done = last_done(self._store, Exercise.WEEKLY_DRILL)
        self.is_drill_due = is_due(Exercise.WEEKLY_DRILL, tests, drill_done, now, self._utc_offset_h)
        done = last_done(self._store, Exercise.DAILY_TEST)
        if is_due(Exercise.DAILY_TEST, tests, done, now, self._utc_offset_h, spread_s(self._store.device)):
            self._begin(now)

    def _begin(self, now: Moment) -> None:
        client = self._carriers.dc09.client
        if client is not None and not self._is_handed:
            self._is_handed = client.submit(Event(f"test-{now.boot}-{now.mono_ms}", Report.TEST))
        begin_daily_test(self._store)
        self._is_handed = False
        log.info("daily test begun", extra={"receiver": client is not None})

    def _keep_replies(self) -> None:
        steps = self._hearing.test_steps
        while steps:
            step = steps[0]
            if step.outcome in _KEPT:
                body = {"path": step.path, "outcome": step.outcome.value, "raw": plain(step.raw, RAW_TOLD_LIMIT)}
                record_health(self._store, "path.test", body)
            steps.popleft()
