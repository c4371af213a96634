"""One connection to the central and its owner thread: connect, say hello, send what is due, take acknowledgements.

What alarm and bulk do differently is their `Duty`; the conversation is here. A socket on which the central has been
silent longer than the time-out is dropped and opened anew: keepalive would take a minute, and a network may swallow
packets without a word.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from functools import partial

import msgspec
from nacl.signing import SigningKey

from kiosk.core.errors import BadMessage, StoreError
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store.database import Store
from kiosk.store.outbox import backlogs, first_held
from kiosk.store.watch import LOOK_WHILE_WRITTEN_S, VISIBLE_WITHIN_S, CommitWatch
from sync.agent.duty import Duty, Note
from sync.agent.greeting import Greeting
from sync.agent.patience import Patience
from sync.agent.sender import Sender
from sync.agent.streams import Streams
from sync.broker import Arrived, Carried, Connected, Connection, Happening, Lost, Will
from sync.sharing import stand_back
from sync.tls import TlsFiles, tls_context
from sync.uplink import Uplink
from sync.wire.envelope import seal, unseal
from sync.wire.messages import Ack, CentralState, Hello, decode, encode
from sync.wire.topics import CENTRAL_STATE, Down, Up, down, up

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02  # without inotify: data_version costs about 9 µs, so a commit is seen within 20 ms
LOOK_WHEN_WATCHED_S = 0.5  # time-outs and a duty's own clock need no more
TWINS = "kiosk lain memakai identitas ini, kartunya mungkin disalin: hubungi teknisi"
ASK_EVERY_S = 600.0  # a central from an older copy may lack alerts, and a lane on which nothing new is sent is blind
ASK_AGAIN_AFTER_S = 3.0  # its answer sends again what is under way, so late news of two workers must not cause many


class LinkState(msgspec.Struct):
    """What one link says of itself; read by other threads, written by its owner."""

    connected: bool = False
    answered: bool = False  # the central has answered this connection's hello
    last_error: str = ""
    waits_s: float = 0.0  # for how long the central asked to stay away
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
        self._sender = Sender(duty, self._streams, self._sealed)
        self._greeting = Greeting()
        self._patience = Patience(duty, settings.carrier_dir, nudge)
        self._told_to_wait_s = 0.0
        self._taken_over = False
        self._missing = False  # the duty has seen that an earlier message is missing
        self._something_new = True
        self._seen_version = -1
        self._written_until_s = 0.0  # until then a commit may become visible any moment

    @property
    def round_trip_s(self) -> float | None:
        """From a message to the central's acknowledgement, smoothed; None without a conversation."""
        return self._streams.round_trip_s if self.state.answered else None

    @property
    def uplink(self) -> Uplink:
        """What this connection has seen of the way up."""
        return self._streams.uplink

    def run(self, stop: threading.Event) -> None:
        """Keeps a connection until told to stop; never raises for a missing network or a full disk."""
        if self.duty.patient:
            stand_back()
        while not stop.is_set():
            began_s, self._told_to_wait_s, self._taken_over = time.monotonic(), 0.0, False
            try:
                self._converse(stop)
            except OSError as error:
                self.state.last_error = str(error)
            except StoreError as error:  # what was sent stays unmarked and is sent again
                self.state.last_error = str(error)
                log.error("store cannot be used", extra={"link": self.duty.name, "why": str(error)})
            answered = self.state.answered
            self.state.connected = self.state.answered = False
            if self._taken_over:
                self._patience.give_way(stop)
                continue
            self.state.waits_s = self._told_to_wait_s
            self._failures += not self._told_to_wait_s
            self._patience.wait(stop, time.monotonic() - began_s, self._told_to_wait_s, answered)
            self.state.waits_s = 0.0

    def _converse(self, stop: threading.Event) -> None:
        self._connections = max(self._connections + 1, self._store.now().mono_ms)  # ascends over restarts of a boot
        self._missing = False
        self._streams.begin()
        self._sender.begin()
        will = self.duty.will(self._connections)
        files = TlsFiles(self._settings.tls_ca, self._settings.tls_certificate, self._settings.tls_key)
        connection = Connection(
            f"{self._store.device}-{self.duty.name}",
            Will(up(self._store.device, will.channel), self._sealed(will)) if will else None,
            tls_context(files) if files.authority else None,
        )
        watch = CommitWatch(self._store.path)
        try:
            addresses = self._settings.addresses
            connection.connect(*addresses[self._failures % len(addresses)])
            self._greeting.begin(time.monotonic())
            while not stop.is_set() and not self._told_to_wait_s:
                for happening in connection.step(self._look_within_s(watch), watch.fileno):
                    if isinstance(happening, Lost):
                        self._taken_over = happening.taken_over
                        if happening.taken_over:
                            self.state.last_error = TWINS
                        elif self.state.last_error != TWINS:  # not every broker says why it closed (Mosquitto 2.0.11)
                            self.state.last_error = happening.why
                        log.warning("broker lost", extra={"link": self.duty.name, "why": happening.why})
                        return
                    self._take(connection, happening)
                    self._something_new = True  # our own commits don't move this connection's data_version
                if self._overdue():
                    self._streams.give_up()
                    self.state.last_error = "pusat tidak menjawab"
                    log.warning("central silent, socket dropped", extra={"link": self.duty.name})
                    return
                self._see_writing(watch)
                self._send_due(connection)
                self.duty.settle(time.monotonic())
                if self.state.answered:
                    self._say(connection, self.duty.due(self.round_trip_s))
            self._say(connection, self.duty.farewell(self._connections))
            connection.close()
        finally:
            watch.close()
            connection.abandon()

    def _look_within_s(self, watch: CommitWatch) -> float:
        """How long the network may be waited for before the store is looked at again."""
        if (within_s := self.duty.settle_within_s()) is not None:
            return within_s
        if watch.fileno is None:
            return LOOK_EVERY_S
        if time.monotonic() < self._written_until_s:
            return LOOK_WHILE_WRITTEN_S
        return LOOK_WHEN_WATCHED_S

    def _see_writing(self, watch: CommitWatch) -> None:
        """The log is being written: its commit will be visible in a moment."""
        if watch.take():
            self._written_until_s = time.monotonic() + VISIBLE_WITHIN_S

    def _take(self, connection: Connection, happening: Happening) -> None:
        if isinstance(happening, Connected):
            self.state.connected = True
            own = [down(self._store.device, channel) for channel in (Down.ACK, *self.duty.hears)]
            connection.subscribe([*own, CENTRAL_STATE])
            self._say(connection, self.duty.greeting(self._connections))
            self._say_hello(connection)
        elif isinstance(happening, Carried):
            if not happening.accepted:
                self.state.refused += 1
                log.error("broker refused a message", extra={"link": self.duty.name, "reason": happening.reason})
            self._greeting.carried(happening.message)
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
        if arrived.topic == CENTRAL_STATE:
            self._take_hint(decode(payload, CentralState), arrived.retained)
        if arrived.topic == down(self._store.device, Down.ACK) and self._take_ack(connection, decode(payload, Ack)):
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
        if self._greeting.may_repeat(time.monotonic(), ASK_AGAIN_AFTER_S, self._patience.is_urgent()):
            self._say_hello(connection)

    def _take_hint(self, state: CentralState, is_old: bool) -> None:
        """A central that has just begun to listen has heard no hello so far; not everybody says it at one moment."""
        if state.online and not is_old and not self.state.answered:
            self._greeting.hint(time.monotonic(), 0.0 if self._patience.is_urgent() else random.random())

    def _say_hello(self, connection: Connection) -> None:
        """Asks for the central's cursors; its answer is where this connection goes on."""
        self._missing = False
        nonce = self._greeting.say(time.monotonic())
        held = backlogs(self._store)
        lanes = {lane: (first_held(self._store, lane), held[lane].last_seq) for lane in self.duty.lanes}
        applied, documents = self.duty.applied(), self.duty.documents()
        hello = Hello((1, 1), self._store.epoch, nonce, lanes, applied, documents)
        self._greeting.handed(self._say(connection, Note(Up.HELLO, encode(hello))))

    def _take_ack(self, connection: Connection, ack: Ack) -> bool:
        """True when the central holds less than it once said: it must be asked where to go on."""
        if ack.epoch != self._store.epoch or (ack.nonce and not self._greeting.is_answer(ack.nonce)):
            return False  # of another life of this database, or for the other connection
        cursors = {lane: through for lane, through in ack.cursors.items() if lane in self.duty.lanes}
        if not ack.nonce:
            went_back = [lane for lane, through in cursors.items() if not self._streams.proceed(lane, through)]
            if self._sender.is_ready and self.state.answered and self.duty.may_send():
                self._sender.fill(partial(self._publish, connection))  # the central works while we mark what it has
            self._streams.hold()
            return bool(went_back)
        if ack.now_ms:
            self.duty.heard(ack.now_ms, time.monotonic() - self._greeting.first_said_s)
        if ack.retry_after_s and not self._patience.is_urgent():
            if not self.state.answered:  # who talks already goes on, and asks again in its time
                self._told_to_wait_s = ack.retry_after_s
                self.state.last_error = f"pusat sibuk: kembali dalam {ack.retry_after_s:.0f} detik"
            return False
        if not self.state.answered:
            self.state.answered = True
            self._streams.measure(time.monotonic() - self._greeting.said_s)
            with self._nudge:
                self._nudge.notify_all()
        for lane, through in cursors.items():
            if self._streams.is_anothers(lane, through, ack.heads.get(lane, "")):
                self._streams.tell_all(lane, through)
                self.state.last_error = TWINS
                log.error("central holds another's events in our name", extra={"lane": lane, "through": through})
            elif not self._streams.resume(lane, through):
                self.state.last_error = "pusat menyimpan lebih banyak: basis data ini salinan lama, hubungi teknisi"
                log.error("central holds more than we do", extra={"lane": lane, "through": through})
                if lane is Lane.ALARM:
                    self._streams.tell_all(lane, through)  # a press must reach the post even from an old copy
        return False

    def _overdue(self) -> bool:
        now_s = time.monotonic()
        if self.state.answered:
            return self._streams.is_overdue(now_s)
        return self._greeting.is_lost(now_s, self._patience.is_urgent())

    def _send_due(self, connection: Connection) -> None:
        version = self._store.data_version()
        if version != self._seen_version:
            self._seen_version, self._something_new = version, True
            self._written_until_s = 0.0
        unheard = self.state.connected and not self.state.answered  # by a central that began later, say
        if unheard or self._missing or time.monotonic() - self._greeting.said_s > ASK_EVERY_S:
            self._ask_again(connection)
        for lane in self.duty.lanes:
            if (from_seq := self.duty.rewinds.take(lane)) is not None:
                self._streams.rewind(lane, from_seq)
                self._something_new = True
        if not self.state.answered or not self._something_new or not self.duty.may_send():
            return
        self._something_new = False
        self._sender.fill(partial(self._publish, connection))
        if self.duty.patient:
            self._sender.pack_ahead()
