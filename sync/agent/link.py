"""One connection to the central and its owner thread: connect, say hello, send what is due, take acknowledgements.

What alarm and bulk do differently is their `Duty`; the conversation is here. A socket on which the central has been
silent longer than the time-out is dropped and opened anew: keepalive would take a minute, and a network may swallow
packets without a word.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from pathlib import Path

import msgspec
from nacl.signing import SigningKey

from kiosk.core.errors import BadMessage
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store.answers import applied_number
from kiosk.store.database import Store
from kiosk.store.journal import events, hash_after
from kiosk.store.outbox import acknowledge, backlogs
from sync.agent.duty import Duty, Note
from sync.broker import Arrived, Carried, Connected, Connection, Happening, Lost, Will
from sync.carrier import attached
from sync.plan import LanePlan, back_off_s, fill, resume, time_out_s
from sync.tls import TlsFiles, tls_context
from sync.wire.envelope import seal, unseal
from sync.wire.messages import Ack, Hello, batch_of, decode, encode
from sync.wire.topics import Down, Up, down, up

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02  # data_version costs about 9 µs, so a commit of another daemon is seen within 20 ms
STABLE_AFTER_S = 60.0  # only a connection that held this long resets the back-off


class LinkState(msgspec.Struct):
    """What one link says of itself; read by other threads, written by its owner."""

    connected: bool = False
    answered: bool = False  # the central has answered this connection's hello
    last_error: str = ""
    round_trip_s: float | None = None
    refused: int = 0


class Link:
    """One duty's connection. `nudge` is shared: whoever gets through wakes the others from their back-off."""

    def __init__(self, duty: Duty, settings: SyncSettings, key: SigningKey, nudge: threading.Condition) -> None:
        self.duty = duty
        self.state = LinkState()
        self._store: Store = duty.store
        self._settings = settings
        self._key = key
        self._central_key = bytes.fromhex(settings.central_key)
        self._nudge = nudge
        self._connections = 0
        self._plans: dict[Lane, LanePlan] = {}
        self._nonce = ""
        self._hello_at_s = 0.0
        self._something_new = True
        self._seen_version = -1

    def run(self, stop: threading.Event) -> None:
        """Keeps a connection until told to stop; never raises for a network that is not there."""
        failures = 0
        while not stop.is_set():
            began_s = time.monotonic()
            try:
                self._converse(stop)
            except OSError as error:
                self.state.last_error = str(error)
            self.state.connected = self.state.answered = False
            self.state.round_trip_s = None
            failures = 0 if time.monotonic() - began_s > STABLE_AFTER_S else failures + 1
            if self._back_off(stop, back_off_s(failures - 1, random.random())):
                failures = 0

    def _back_off(self, stop: threading.Event, seconds: float) -> bool:
        """Waits; returns True early when a cable was plugged in or another link got through."""
        began_s = time.monotonic()
        folder = Path(self._settings.carrier_dir)
        before = attached(folder)
        while not stop.is_set():
            left_s = began_s + min(seconds, self.duty.retry_within_s()) - time.monotonic()
            if left_s <= 0:
                return False
            with self._nudge:
                if self._nudge.wait(min(left_s, 0.2)):
                    return True
            now = attached(folder)
            if now - before:
                return True
            before = now
        return False

    def _converse(self, stop: threading.Event) -> None:
        self._connections += 1
        self._plans = {}
        will = self.duty.will(self._connections)
        files = TlsFiles(self._settings.tls_ca, self._settings.tls_certificate, self._settings.tls_key)
        connection = Connection(
            f"{self._store.device}-{self.duty.name}",
            Will(up(self._store.device, will.channel), self._sealed(will)) if will else None,
            tls_context(files) if files.authority else None,
        )
        try:
            connection.connect(self._settings.broker_host, self._settings.broker_port)
            began_s = time.monotonic()
            while not stop.is_set():
                for happening in connection.step(LOOK_EVERY_S):
                    if isinstance(happening, Lost):
                        self.state.last_error = happening.why
                        return
                    self._take(connection, happening)
                    self._something_new = True  # our own commits don't move this connection's data_version
                if self._overdue(began_s):
                    self.state.last_error = "pusat tidak menjawab"
                    log.warning("central silent, socket dropped", extra={"link": self.duty.name})
                    return
                self._send_due(connection)
            self._say(connection, self.duty.farewell(self._connections))
            connection.close()
        finally:
            connection.abandon()

    def _take(self, connection: Connection, happening: Happening) -> None:
        if isinstance(happening, Connected):
            self.state.connected = True
            connection.subscribe([down(self._store.device, Down.ACK), *self.duty.topics])
            self._say(connection, self.duty.greeting(self._connections))
            self._say_hello(connection)
        elif isinstance(happening, Carried):
            if not happening.accepted:
                self.state.refused += 1
                log.error("broker refused a message", extra={"link": self.duty.name, "reason": happening.reason})
            self.duty.carried(happening)
        elif isinstance(happening, Arrived):
            try:
                self._read(connection, happening)
            except BadMessage as error:
                self.state.refused += 1
                log.error("message dropped", extra={"topic": happening.topic, "why": str(error)})

    def _read(self, connection: Connection, arrived: Arrived) -> None:
        payload = unseal(self._central_key, arrived.topic, arrived.payload)
        if arrived.topic == down(self._store.device, Down.ACK):
            self._take_ack(decode(payload, Ack))
        elif self.duty.read(payload):
            self._say_hello(connection)

    def _sealed(self, note: Note) -> bytes:
        return seal(self._key, up(self._store.device, note.channel), note.payload)

    def _say(self, connection: Connection, note: Note | None) -> int:
        if note is None:
            return 0
        return connection.publish(up(self._store.device, note.channel), self._sealed(note), note.retain)

    def _say_hello(self, connection: Connection) -> None:
        """Asks for the central's cursors; its answer is where this connection goes on."""
        self._nonce = secrets.token_hex(8)
        self._hello_at_s = time.monotonic()
        held = backlogs(self._store)
        lanes = {lane: (min(1, held[lane].last_seq), held[lane].last_seq) for lane in self.duty.lanes}
        hello = Hello((1, 1), self._store.epoch, self._nonce, lanes, applied_number(self._store))
        self._say(connection, Note(Up.HELLO, encode(hello)))

    def _take_ack(self, ack: Ack) -> None:
        if ack.epoch != self._store.epoch or (ack.nonce and ack.nonce != self._nonce):
            return  # of another life of this database, or for the other connection
        now = time.monotonic()
        if ack.nonce and not self.state.answered:
            self.state.answered = True
            self._measure(now - self._hello_at_s)
            with self._nudge:
                self._nudge.notify_all()
        for lane, through in ack.cursors.items():
            if lane not in self.duty.lanes or (not ack.nonce and lane not in self._plans):
                continue
            if ack.nonce:
                self._plans[lane] = resume(through)
            else:
                oldest_s = self._plans[lane].oldest_s()
                if oldest_s is not None and through > self._plans[lane].acknowledged:
                    self._measure(now - oldest_s)
                self._plans[lane] = self._plans[lane].acknowledge(through)
            if through > backlogs(self._store)[lane].acknowledged_seq:
                self.duty.held_by_central(lane, through)
                acknowledge(self._store, lane, through)

    def _measure(self, seconds: float) -> None:
        held = self.state.round_trip_s
        self.state.round_trip_s = seconds if held is None else 0.8 * held + 0.2 * seconds

    def _overdue(self, began_s: float) -> bool:
        now, limit_s = time.monotonic(), time_out_s(self.state.round_trip_s)
        if not self.state.answered:
            return now - max(began_s, self._hello_at_s) > limit_s
        waiting = [at_s for plan in self._plans.values() if (at_s := plan.oldest_s()) is not None]
        return bool(waiting) and now - min(waiting) > limit_s

    def _send_due(self, connection: Connection) -> None:
        version = self._store.data_version()
        if version != self._seen_version:
            self._seen_version, self._something_new = version, True
        if not self.state.answered or not self._something_new or not self.duty.may_send():
            return
        self._something_new = False
        for lane in self.duty.lanes:
            while self._send_one(connection, lane):
                pass

    def _send_one(self, connection: Connection, lane: Lane) -> bool:
        plan, window = self._plans.get(lane), self.duty.window
        if plan is None or sum(len(held.under_way) for held in self._plans.values()) >= window.in_flight_most:
            return False
        rows = events(self._store, lane, plan.handed, window.events_most)
        if not rows:
            return False
        chosen = rows[: fill(rows, window)]
        through = chosen[-1].seq
        batch = batch_of(hash_after(self._store, lane, plan.handed), chosen, applied_number(self._store))
        message = self._say(connection, Note(self.duty.channel, encode(batch)))
        self._plans[lane] = plan.send(through, time.monotonic())
        self.duty.sent(lane, through, message)
        return True
