"""The bulk connection: service events, then health, in batches; messages, commands and documents come in by it.

While an alarm waits, no new batch starts; and because it is followed by its evidence, by a second press or by an
answer, batches stay short for a while after it, one at a time: what is under way is what an alarm meets.

An alarm that cannot get through at all must not hold the tickets for ever, so the pause ends after ten seconds.
"""

from __future__ import annotations

import time

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.outbox import backlogs
from sync.agent.downlink import CHANNELS, Downlink
from sync.agent.duty import Duty, Note
from sync.agent.rewinds import Rewinds
from sync.plan import Window
from sync.wire.messages import HeldDocument, encode
from sync.wire.topics import Down, Up

ALARM_FIRST_FOR_S = 10.0
SHORT_FOR_S = 10.0
SHORT = Window(in_flight_most=1, events_most=100)


class BulkDuty(Duty):
    """The service and health lanes, in this order."""

    name = "bulk"
    lanes = (Lane.SERVICE, Lane.HEALTH)
    channel = Up.BATCH
    window = Window()
    patient = True
    hears = CHANNELS
    _paused_at_s: float | None = None
    _short_until_s = 0.0

    def __init__(self, store: Store, rewinds: Rewinds) -> None:
        super().__init__(store, rewinds)
        self._downlink = Downlink(store, rewinds)

    def greeting(self, connection: int) -> Note | None:
        self._downlink.begin()
        return None

    def applied(self) -> int:
        return self._downlink.applied()

    def documents(self) -> dict[str, HeldDocument]:
        return self._downlink.held()

    def heard(self, central_ms: int, asked_ago_s: float) -> None:
        self._downlink.heard(central_ms, asked_ago_s)

    def read(self, channel: Down, payload: bytes) -> bool:
        return self._downlink.take(channel, payload, time.monotonic())

    def due(self, round_trip_s: float | None) -> Note | None:
        want = self._downlink.due(time.monotonic(), round_trip_s)
        return Note(Up.RESULT, encode(want)) if want is not None else None

    def limits(self) -> Window:
        return SHORT if time.monotonic() < self._short_until_s else self.window

    def may_send(self) -> bool:
        if not backlogs(self.store)[Lane.ALARM].waiting:
            self._paused_at_s = None
            return True
        now_s = time.monotonic()
        self._short_until_s = now_s + SHORT_FOR_S
        self._paused_at_s = self._paused_at_s or now_s
        return now_s - self._paused_at_s > ALARM_FIRST_FOR_S
