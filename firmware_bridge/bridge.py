"""One turn of the bridge's loop: edges in, presses committed, and only then lamp, siren and words out.

The order is the promise: a press is on disk (E1) before its edge is acknowledged to the box and before anything is
shown or can be sent. What is shown follows from the rows alone, so after a crash the same turn goes on where the
evidence stands. When the disk refuses a press, the street must hear it all the same: the siren sounds, nothing is
claimed, and the commit is tried again every second for ever. No sockets, pins or threads here: those are the ports'.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from firmware_bridge.faults import FaultBook
from firmware_bridge.indication import Indication, indicate, is_timed_out
from firmware_bridge.ports import DEAD_MAN_MS, RENEW_MS, Command, EdgeSource, Outputs, Reading, Started
from firmware_bridge.press import Freed, Pressed, Presses, PressEvent, Stuck
from firmware_bridge.replay import known_sources, source_of
from firmware_bridge.rhythm import TITIR
from kiosk.core.alert import Alert, AlertAction
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Moment
from kiosk.core.errors import StoreError
from kiosk.store.alerts import advance, open_alerts, raise_alert
from kiosk.store.database import Store

TURN_S = 0.020  # how often rows are looked at: data_version costs 9 µs, and 20 ms is far below what anybody notices
RETRY_MS = 1_000
BUSY_LIMIT_MS = 400  # a database that others hold longer is a refused press: the siren is promised within 500 ms

log = logging.getLogger("bridge")


class Bridge:
    """Used by one thread, which must be the only one of this process that writes to `store`."""

    def __init__(
        self, store: Store, settings: BridgeSettings, utc_offset_h: int, source: EdgeSource, outputs: Outputs
    ) -> None:
        self._store, self._settings, self._utc_offset_h = store, settings, utc_offset_h
        self._source, self._outputs = source, outputs
        self._presses = Presses(settings.debounce_ms, round(settings.hold_s * 1000))
        self._touched: set[str] = set()
        self._unrecorded: list[Pressed] = []
        self._unrecorded_since_ms: int | None = None
        self._retry_ms = 0
        self._alerts: list[Alert] = []
        self._version = -1
        self._shown: tuple[Indication, tuple[str, ...]] | None = None
        self._shown_ms = 0
        self.faults = FaultBook(store)
        store.one(f"PRAGMA busy_timeout = {BUSY_LIMIT_MS}")
        self._known = known_sources(store)

    @property
    def open_alerts(self) -> Sequence[Alert]:
        return self._alerts

    @property
    def unrecorded(self) -> int:
        """Presses that could not be committed yet."""
        return len(self._unrecorded)

    @property
    def dropped(self) -> int:
        """Lines from the hardware that could not be read."""
        return self._source.dropped

    def turn(self) -> None:
        """Waits at most 20 ms for edges, then brings rows and outputs up to date."""
        for reading in self._source.read(self._wait_s()):
            self._take(reading)
        now = self._store.now()
        self._act(self._presses.tick(self._source.certain_until_ms(now.mono_ms)))
        if self._unrecorded and now.mono_ms >= self._retry_ms:
            waiting, self._unrecorded = self._unrecorded, []
            for pressed in waiting:
                self._commit(pressed)
        self._settle()
        self.faults.line(self._source.faults(), now.mono_ms)
        self._read_rows()
        self._time_out(now)
        self._show(self._store.now())

    def _wait_s(self) -> float:
        due_ms = self._presses.due_ms()
        left_s = (due_ms - self._store.now().mono_ms) / 1000 if due_ms is not None else TURN_S
        return min(TURN_S, left_s) if left_s > 0 else TURN_S

    def _take(self, reading: Reading) -> None:
        if isinstance(reading, Started):
            levels = {name: level for name, level in reading.levels.items() if name in self._settings.buttons}
            self.faults.absent(sorted(set(self._settings.buttons) - set(levels)))
            self._act(self._presses.restart(levels, reading.mono_ms))
            return
        self._touched.add(reading.input)
        if reading.input in self._settings.buttons:
            self._act(self._presses.edge(reading))

    def _act(self, events: Sequence[PressEvent]) -> None:
        for event in events:
            if isinstance(event, Pressed):
                self._commit(event)
            elif isinstance(event, Stuck):
                self.faults.stuck(event.input)
            elif isinstance(event, Freed):
                self.faults.freed(event.input)

    def _commit(self, pressed: Pressed) -> None:
        source = source_of(pressed.input, pressed.key)
        if pressed.key and source in self._known:
            log.info("press was known already", extra={"source": source})
            return
        try:
            alert = raise_alert(self._store, self._settings.buttons[pressed.input].code, source)
        except StoreError as error:  # the siren must not depend on the disk; tried again every second
            now_ms = self._store.now().mono_ms
            log.error("press could not be committed", extra={"source": source, "error": str(error)})
            self._unrecorded.append(pressed)
            self._retry_ms = now_ms + RETRY_MS
            if self._unrecorded_since_ms is None:
                self._unrecorded_since_ms = now_ms
            return
        self._known.add(source)
        self._version = -1
        log.info("alert committed", extra={"alert": alert.id, "source": source, "presses": alert.presses})

    def _settle(self) -> None:
        if not self._unrecorded:
            self._unrecorded_since_ms = None
        held_back = {pressed.input for pressed in self._unrecorded}
        for name in sorted(self._touched - held_back):
            if name not in self._settings.buttons or self._presses.is_decided(name):
                self._source.settle(name)
                self._touched.discard(name)

    def _read_rows(self) -> None:
        version = self._store.data_version()
        if version != self._version:
            self._alerts = open_alerts(self._store)
            self._version = version

    def _time_out(self, now: Moment) -> None:
        if now.mono_ms < self._retry_ms:
            return
        for alert in self._alerts:
            if is_timed_out(alert, now, self._settings):
                self._say_unanswered(alert)
        self._read_rows()

    def _say_unanswered(self, alert: Alert) -> None:
        try:
            advance(self._store, alert.id, AlertAction.TIME_OUT, "bridge")
        except StoreError as error:  # nothing is lost: the row still says so, and the next second tries again
            self._retry_ms = self._store.now().mono_ms + RETRY_MS
            log.error("time-out could not be written", extra={"alert": alert.id, "error": str(error)})
            return
        self._version = -1
        log.warning("alert is unanswered", extra={"alert": alert.id})

    def _show(self, now: Moment) -> None:
        lit = any(self._presses.is_lit(name) for name in self._settings.buttons)
        indication = indicate(self._alerts, now, self._settings, lit, self._utc_offset_h, self._unrecorded_since_ms)
        faults = tuple(self.faults.words())
        if (indication, faults) == self._shown and now.mono_ms - self._shown_ms < RENEW_MS:
            return
        self._shown, self._shown_ms = (indication, faults), now.mono_ms
        self._outputs.show(self._command(indication, faults, now))

    def _command(self, indication: Indication, faults: tuple[str, ...], now: Moment) -> Command:
        until_ms = indication.siren_until_ms
        siren_for_ms = until_ms - now.mono_ms if until_ms is not None else 0
        if self._settings.host_lost == "stop":
            siren_for_ms = min(siren_for_ms, DEAD_MAN_MS)
        return Command(
            lamp=indication.lamp,
            lamp_for_ms=DEAD_MAN_MS,
            siren=indication.siren,
            siren_for_ms=siren_for_ms,
            message=indication.message,
            rhythm=TITIR,
            faults=faults,
        )
