"""Everything of the bridge that touches the disk, in rounds: presses first, then the rows, the ladder and the rest.

A press that the disk refuses is tried again every second, for ever. A health event or a sign of life that it refuses is
logged and not tried again: the silence is what /healthz then shows, and that is the truth.
"""

from __future__ import annotations

import logging

from firmware_bridge.daily_test import DailyTest
from firmware_bridge.hatch import Hatch, Picture, Press
from firmware_bridge.ladder_runner import LadderRunner
from firmware_bridge.network_path import network_state
from firmware_bridge.replay import known_sources
from firmware_bridge.site_documents import SiteDocuments
from kiosk.core.alert import Alert
from kiosk.core.climb import PathState
from kiosk.core.errors import StoreError
from kiosk.core.ladder import Act
from kiosk.store.alerts import open_alerts, raise_alert
from kiosk.store.database import Store
from kiosk.store.parts import parts, record_alive, record_health

RETRY_MS = 1_000
LOOK_MS = 1_000
BUSY_LIMIT_MS = 400  # a database that others hold longer is a refused press: the siren is promised within 500 ms

log = logging.getLogger("bridge.rounds")


class Rounds:
    """For one thread, the only one of this process that writes to `store`."""

    def __init__(
        self, store: Store, documents: SiteDocuments, runner: LadderRunner, test: DailyTest, hatch: Hatch
    ) -> None:
        self._store, self._documents, self._runner, self._test = store, documents, runner, test
        self._hatch = hatch
        self._refused: list[Press] = []
        self._retry_ms = self._look_ms = 0
        self._known: set[str] | None = None
        self._alerts: tuple[Alert, ...] = ()
        self._version: int | None = None
        self._network = PathState.UNKNOWN
        self._is_connected = False

    def turn(self) -> None:
        """Everything that is to be done now; may take as long as the disk does."""
        self._commit_presses()
        changed = self._read_rows()
        if self._runner.turn(self._documents.ladder, self._network, changed, self._commit_presses):
            self._version = None
            self._read_rows()
        self._show()
        self._write_the_rest()

    def forget_rows(self) -> None:
        """The next round reads everything again: a commit of this very connection changes no `data_version`."""
        self._version = None

    def _commit_presses(self) -> None:
        """Between any two commits of the ladder too: nothing is more urgent."""
        again: list[Press] = []
        if self._refused and self._store.now().mono_ms >= self._retry_ms:
            again, self._refused = self._refused, []
        while (press := again.pop(0) if again else self._hatch.next_press()) is not None:
            try:
                self._commit(press)
            except StoreError as error:  # the siren sounds all the same
                log.error("press could not be committed", extra={"source": press.source, "error": str(error)})
                self._refused.append(press)
                self._retry_ms = self._store.now().mono_ms + RETRY_MS
                self._hatch.decide(press, is_committed=False)
            else:
                self._show()  # first the alert, then that it is on disk: the lamp must not go out between the two
                self._hatch.decide(press, is_committed=True)

    def _commit(self, press: Press) -> None:
        self._connect()
        if self._known is None:
            self._known = known_sources(self._store)
        if press.key and press.source in self._known:
            log.info("press was known already", extra={"source": press.source})
            return
        alert = raise_alert(self._store, press.code, press.source)
        self._known.add(press.source)
        log.info("alert committed", extra={"alert": alert.id, "source": press.source, "presses": alert.presses})
        self._version = None
        self._alerts = tuple(open_alerts(self._store))

    def _connect(self) -> None:
        """This thread's own connection waits for others no longer than a press may."""
        if not self._is_connected:
            self._store.ask_every_millisecond(BUSY_LIMIT_MS)
            self._is_connected = True

    def _read_rows(self) -> bool:
        """Whether anybody has written since the last time; then alerts, documents and the network's state are read."""
        try:
            self._connect()
            version = self._store.data_version()
            if version == self._version and not self._is_look_due():
                return False
            self._network = network_state(parts(self._store))
            if version == self._version:
                return False
            self._alerts = tuple(open_alerts(self._store))
            self._documents.read()
        except StoreError as error:  # what was read last stays in force
            log.error("rows could not be read", extra={"error": str(error)})
            return False
        self._version = version
        return True

    def _is_look_due(self) -> bool:
        """A sync that has died writes nothing, and only its silence tells; asked while that matters."""
        now_ms = self._store.now().mono_ms
        if not self._alerts or now_ms < self._look_ms:
            return False
        self._look_ms = now_ms + LOOK_MS
        return True

    def _show(self) -> None:
        reached = {climb.alert.id: climb.claimed for climb in self._runner.climbs}
        offered = frozenset(id_ for id_, claimed in reached.items() if Act.OFFER_110.value in claimed)
        faults = self._runner.carriers.faults() | self._documents.faults()
        self._hatch.picture = Picture(self._documents.ladder, self._documents.codes, self._alerts, offered, faults)

    def _write_the_rest(self) -> None:
        hatch = self._hatch
        try:
            self._test.turn(self._documents.ladder.tests)
            while (job := hatch.next_job()) is not None:
                job[1]()
                hatch.done(job[0])
            while (event := hatch.next_event()) is not None:
                record_health(self._store, event.kind, event.body)
            if (sign := hatch.take_sign()) is not None:
                told = {**sign.detail, "drill_due": self._test.is_drill_due}
                record_alive(self._store, "bridge", told, ok=sign.ok)
        except StoreError as error:
            log.error("could not be written", extra={"error": str(error)})
