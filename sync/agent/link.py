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

from kiosk.core.errors import BadMessage, StoreError
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store.database import Store
from kiosk.store.outbox import backlogs
from sync.agent.duty import Duty, Note
from sync.agent.streams import Streams
from sync.broker import Arrived, Carried, Connected, Connection, Happening, Lost, Will
from sync.carrier import attached
from sync.plan import back_off_s, time_out_s
from sync.tls import TlsFiles, tls_context
from sync.wire.envelope import seal, unseal
from sync.wire.messages import Ack, Hello, batch_of, decode, encode
from sync.wire.topics import Down, Up, down, up

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02  # data_version costs about 9 µs, so a commit of another daemon is seen within 20 ms
ASK_AGAIN_AFTER_S = 3.0  # its answer sends again what is under way, so late news of two workers must not cause many
STABLE_AFTER_S = 60.0  # only a connection that held this long resets the back-off


class LinkState(msgspec.Struct):
    """What one link says of itself; read by other threads, written by its owner."""

    connected: bool = False
    answered: bool = False  # the central has answered this connection's hello
    last_error: str = ""
    refused: int = 0
    sent_bytes: int = 0  # payloads; MQTT and TCP come on top
    received_bytes: int = 0


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
        self._failures = 0  # each moves on to the next broker: one that only seems to live must not hold us
        self._streams = Streams(duty)
        self._nonce = ""
        self._asked_at_s = 0.0  # when the hello that is unanswered was first said, and when it was said last
        self._hello_at_s = 0.0
        self._missing = False  # the duty has seen that an earlier message is missing
        self._something_new = True
        self._seen_version = -1

    @property
    def round_trip_s(self) -> float | None:
        """From a message to the central's acknowledgement, smoothed; None without a conversation."""
        return self._streams.round_trip_s if self.state.answered else None

    def run(self, stop: threading.Event) -> None:
        """Keeps a connection until told to stop; never raises for a missing network or a full disk."""
        failures = 0
        while not stop.is_set():
            began_s = time.monotonic()
            try:
                self._converse(stop)
            except OSError as error:
                self.state.last_error = str(error)
            except StoreError as error:  # what was sent stays unmarked and is sent again
                self.state.last_error = str(error)
                log.error("store cannot be used", extra={"link": self.duty.name, "why": str(error)})
            self.state.connected = self.state.answered = False
            self._failures += 1
            failures = 0 if time.monotonic() - began_s > STABLE_AFTER_S else failures + 1
            if self._back_off(stop, back_off_s(failures - 1, random.random())):
                failures = 0

    def _back_off(self, stop: threading.Event, seconds: float) -> bool:
        """Waits; returns True early when a cable was plugged in or another link got through."""
        began_s = time.monotonic()
        folder = Path(self._settings.carrier_dir)
        before = attached(folder)
        while not stop.is_set():
            left_s = began_s + min(seconds, self._retry_within_s()) - time.monotonic()
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

    def _retry_within_s(self) -> float:
        try:
            return self.duty.retry_within_s()
        except StoreError:  # who cannot read the store has nothing to send sooner
            return Duty.retry_within_s(self.duty)

    def _converse(self, stop: threading.Event) -> None:
        self._connections = max(self._connections + 1, self._store.now().mono_ms)  # ascends over restarts of a boot
        self._nonce, self._missing = "", False
        self._streams.begin()
        will = self.duty.will(self._connections)
        files = TlsFiles(self._settings.tls_ca, self._settings.tls_certificate, self._settings.tls_key)
        connection = Connection(
            f"{self._store.device}-{self.duty.name}",
            Will(up(self._store.device, will.channel), self._sealed(will)) if will else None,
            tls_context(files) if files.authority else None,
        )
        try:
            addresses = self._settings.addresses
            connection.connect(*addresses[self._failures % len(addresses)])
            began_s = time.monotonic()
            while not stop.is_set():
                for happening in connection.step(LOOK_EVERY_S):
                    if isinstance(happening, Lost):
                        self.state.last_error = happening.why
                        return
                    self._take(connection, happening)
                    self._something_new = True  # our own commits don't move this connection's data_version
                if self._overdue(began_s):
                    self._streams.give_up()
                    self.state.last_error = "pusat tidak menjawab"
                    log.warning("central silent, socket dropped", extra={"link": self.duty.name})
                    return
                self._send_due(connection)
                if self.state.answered:
                    self._say(connection, self.duty.due(self.round_trip_s))
            self._say(connection, self.duty.farewell(self._connections))
            connection.close()
        finally:
            connection.abandon()

    def _take(self, connection: Connection, happening: Happening) -> None:
        if isinstance(happening, Connected):
            self.state.connected = True
            connection.subscribe([down(self._store.device, channel) for channel in (Down.ACK, *self.duty.hears)])
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
        self.state.received_bytes += len(arrived.payload)
        payload = unseal(self._central_key, arrived.topic, arrived.payload)
        if arrived.topic == down(self._store.device, Down.ACK) and self._take_ack(decode(payload, Ack)):
            self._ask_again(connection)
        for channel in self.duty.hears:
            if arrived.topic == down(self._store.device, channel) and self.duty.read(channel, payload):
                self._missing = True

    def _sealed(self, note: Note) -> bytes:
        return seal(self._key, up(self._store.device, note.channel), note.payload)

    def _say(self, connection: Connection, note: Note | None) -> int:
        if note is None:
            return 0
        return self._publish(connection, note.channel, self._sealed(note), note.retain)

    def _publish(self, connection: Connection, channel: Up, data: bytes, retain: bool = False) -> int:
        self.state.sent_bytes += len(data)
        return connection.publish(up(self._store.device, channel), data, retain)

    def _ask_again(self, connection: Connection) -> None:
        """Says hello once more on this connection, unless one was said a moment ago."""
        if time.monotonic() - self._hello_at_s > ASK_AGAIN_AFTER_S:
            self._say_hello(connection)

    def _say_hello(self, connection: Connection) -> None:
        """Asks for the central's cursors; its answer is where this connection goes on.

        While it is unanswered it keeps its nonce, so that on a slow line a late answer to the first one counts.
        """
        self._hello_at_s, self._missing = time.monotonic(), False
        if not self._nonce:
            self._nonce, self._asked_at_s = secrets.token_hex(8), self._hello_at_s
        held = backlogs(self._store)
        lanes = {lane: (min(1, held[lane].last_seq), held[lane].last_seq) for lane in self.duty.lanes}
        applied, documents = self.duty.applied(), self.duty.documents()
        hello = Hello((1, 1), self._store.epoch, self._nonce, lanes, applied, documents)
        self._say(connection, Note(Up.HELLO, encode(hello)))

    def _take_ack(self, ack: Ack) -> bool:
        """True when the central holds less than it once said: it must be asked where to go on."""
        if ack.epoch != self._store.epoch or (ack.nonce and ack.nonce != self._nonce):
            return False  # of another life of this database, or for the other connection
        cursors = {lane: through for lane, through in ack.cursors.items() if lane in self.duty.lanes}
        if not ack.nonce:
            went_back = [lane for lane, through in cursors.items() if not self._streams.proceed(lane, through)]
            return bool(went_back)
        if ack.now_ms:
            self.duty.heard(ack.now_ms, time.monotonic() - self._asked_at_s)
        self._nonce = ""  # a second answer to the same hello would send again what is under way
        if not self.state.answered:
            self.state.answered = True
            self._streams.measure(time.monotonic() - self._hello_at_s)
            with self._nudge:
                self._nudge.notify_all()
        for lane, through in cursors.items():
            if not self._streams.resume(lane, through):
                self.state.last_error = "pusat menyimpan lebih banyak: basis data ini salinan lama, hubungi teknisi"
                log.error("central holds more than we do", extra={"lane": lane, "through": through})
        return False

    def _overdue(self, began_s: float) -> bool:
        now_s = time.monotonic()
        if not self.state.answered:
            return now_s - began_s > time_out_s(None)
        return self._streams.is_overdue(now_s)

    def _send_due(self, connection: Connection) -> None:
        version = self._store.data_version()
        if version != self._seen_version:
            self._seen_version, self._something_new = version, True
        unheard = self.state.connected and not self.state.answered  # by a central that began later, say
        if unheard or self._missing:
            self._ask_again(connection)
        for lane in self.duty.lanes:
            if (from_seq := self.duty.rewinds.take(lane)) is not None:
                self._streams.rewind(lane, from_seq)
                self._something_new = True
        if not self.state.answered or not self._something_new or not self.duty.may_send():
            return
        self._something_new = False
        for lane in self.duty.lanes:
            while self._send_one(connection, lane):
                pass

    def _send_one(self, connection: Connection, lane: Lane) -> bool:
        before, chosen = self._streams.next_due(lane)
        if not chosen:
            return False
        batch = batch_of(before, chosen, self.duty.applied())
        data = self._sealed(Note(self.duty.channel, encode(batch)))
        message = self._publish(connection, self.duty.channel, data)
        self._streams.sent(lane, chosen, len(data))
        self.duty.sent(lane, chosen[-1].seq, message)
        return True
