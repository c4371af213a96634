"""The alarm's own connection: one event a message, and the evidence for each step that an alert takes.

Bytes handed to the socket are E2, the broker's PUBACK is E3, the central's signed acknowledgement after its commit is
E4. Where the three come within milliseconds they are written in one transaction: a card that takes ten milliseconds to
sync would otherwise hold up the acknowledgement that has already come. Alone, each is on disk after 20 ms at the
latest; should the box die before, nothing is claimed that was not so, and the alert is sent again. Answers from the
post arrive here too.
"""

from __future__ import annotations

import logging
import time

import msgspec

from kiosk.core.alert import AlertAction
from kiosk.core.decoding import from_json
from kiosk.core.event import Lane
from kiosk.store.alerts import advance_within, first_open_seq
from kiosk.store.answers import Applied, applied_number, apply_answer
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.outbox import acknowledge_within, backlogs
from kiosk.store.reserve import with_reserve
from sync.agent.duty import Duty, Note
from sync.agent.rewinds import Rewinds
from sync.broker import Carried
from sync.plan import Window
from sync.wire.messages import AlertAnswer, Presence, decode, encode
from sync.wire.topics import Down, Up

log = logging.getLogger(__name__)

PATH = "mqtt"
RETRY_WHILE_WAITING_S = 2.5
SETTLE_AFTER_S, SETTLE_WITHIN_S = 0.012, 0.02  # of silence on the line; in any case


class _Step(msgspec.Struct, frozen=True):
    alert: str
    action: AlertAction
    raw: str = ""


class _Raised(msgspec.Struct, frozen=True):
    id: str


class AlarmDuty(Duty):
    """The alarm lane, the post's answers, and presence."""

    name = "alarm"
    lanes = (Lane.ALARM,)
    channel = Up.ALARM
    window = Window(in_flight_most=4, events_most=1)
    hears = (Down.ALERT,)

    def __init__(self, store: Store, rewinds: Rewinds) -> None:
        super().__init__(store, rewinds)
        self._alert_of: dict[int, str] = {}
        self._unwritten: list[_Step] = []
        self._first_s = self._last_s = 0.0  # of what is unwritten

    def will(self, connection: int) -> Note:
        return self._presence(connection, online=False)

    def greeting(self, connection: int) -> Note:
        self._alert_of.clear()
        return self._presence(connection, online=True)

    def farewell(self, connection: int) -> Note:
        return self._presence(connection, online=False)

    def _presence(self, connection: int, online: bool) -> Note:
        return Note(Up.PRESENCE, encode(Presence(online, self.store.now().boot, connection)), retain=True)

    def is_urgent(self) -> bool:
        return backlogs(self.store)[Lane.ALARM].waiting > 0

    def retry_within_s(self) -> float:
        return RETRY_WHILE_WAITING_S if self.is_urgent() else super().retry_within_s()

    def sent(self, lane: Lane, through: int, message: int) -> None:
        for alert_id in self._alerts_raised(through - 1, through):
            self._alert_of[message] = alert_id
            self._note(_Step(alert_id, AlertAction.HAND))

    def carried(self, carried: Carried) -> None:
        alert_id = self._alert_of.pop(carried.message, None)
        if alert_id is not None and carried.accepted:
            self._note(_Step(alert_id, AlertAction.CARRY, carried.reason))

    def _note(self, step: _Step) -> None:
        self._last_s = time.monotonic()
        self._first_s = self._first_s if self._unwritten else self._last_s
        self._unwritten.append(step)

    def settle_within_s(self) -> float | None:
        return SETTLE_AFTER_S if self._unwritten else None

    def settle(self, now_s: float) -> None:
        if self._unwritten and (now_s >= self._last_s + SETTLE_AFTER_S or now_s >= self._first_s + SETTLE_WITHIN_S):
            with_reserve(self.store, self._write)

    def _write(self) -> None:
        with self.store.write():
            self._advance()
        self._unwritten.clear()

    def _advance(self) -> None:
        for step in self._unwritten:
            advance_within(self.store, step.alert, step.action, PATH, step.raw)

    def held_by_central(self, lane: Lane, through: int) -> None:
        def write() -> None:
            with self.store.write():
                self._advance()
                for alert_id in self._alerts_raised(backlogs(self.store)[lane].acknowledged_seq, through):
                    advance_within(self.store, alert_id, AlertAction.RECEIVE, PATH)
                acknowledge_within(self.store, lane, through)

        with_reserve(self.store, write)
        self._unwritten.clear()

    def _alerts_raised(self, after: int, through: int) -> list[str]:
        rows = events(self.store, Lane.ALARM, after, max(0, through - after))
        return [from_json(event.body, _Raised).id for event in rows if event.kind == "alert.raised"]

    def tell_again_from(self, lane: Lane) -> int | None:
        return first_open_seq(self.store)

    def applied(self) -> int:
        return applied_number(self.store)

    def read(self, channel: Down, payload: bytes) -> bool:
        answer = decode(payload, AlertAnswer).answer()
        applied = apply_answer(self.store, answer)
        log.info("answer from the post", extra={"alert": answer.alert, "number": answer.number, "applied": applied})
        # KNOWN: the post has not heard that it was applied. EARLY: it believes more applied. A hello tells it.
        return applied in (Applied.KNOWN, Applied.EARLY)
