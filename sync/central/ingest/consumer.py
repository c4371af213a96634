"""One connection to one broker and its owner thread: messages to the receiver, acknowledgements back."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from nacl.signing import SigningKey

from kiosk.core.errors import StoreError
from sync.broker import IN_FLIGHT_MOST, Arrived, Carried, Connected, Connection, Happening, Lost
from sync.central.ingest.announcer import Announcer
from sync.central.ingest.committer import Committer
from sync.central.ingest.receive import Ready, Receiver, Reply
from sync.plan import back_off_s
from sync.sharing import stand_back
from sync.tls import TlsFiles, tls_context
from sync.wire.envelope import seal
from sync.wire.messages import encode
from sync.wire.topics import CENTRAL_STATE, Down, down

log = logging.getLogger(__name__)

STEP_S = 0.02
STABLE_AFTER_S = 60.0
AFTER_MOST_S = 1.0  # alarms wait no longer for a bulk connection that does not come about
TOGETHER_MOST = 64


class BrokerAddress(msgspec.Struct, frozen=True):
    """One broker; without `tls` the line is plain."""

    host: str
    port: int
    tls: TlsFiles | None = None


def parse_broker(address: str, files: TlsFiles = TlsFiles()) -> BrokerAddress:
    """`mqtt://host:1883` or `mqtts://host:8883` (with `files`); the ports are the defaults."""
    parts = urlsplit(address)
    tls = parts.scheme == "mqtts"
    return BrokerAddress(parts.hostname or "", parts.port or (8883 if tls else 1883), files if tls else None)


class Extra(Protocol):
    """What a consumer also does between messages, e.g. sending answers."""

    def begin(self) -> None: ...

    def due(self, now_s: float) -> Sequence[tuple[str, bytes]]:
        """Signed messages to publish now: (topic, bytes)."""


class Consumer:
    """Reads `filters` from one broker until told to stop; reconnects with full jitter."""

    def __init__(
        self,
        name: str,
        broker: BrokerAddress,
        filters: Sequence[str],
        receiver: Receiver,
        key: SigningKey,
        extra: Extra | None = None,
        announcer: Announcer | None = None,
        bulk: bool = False,
        after: Consumer | None = None,
    ) -> None:
        """`after`: whoever is told here that the central listens will send to that one next."""
        self.name = name
        self._listening = threading.Event()
        self._after = after
        self._broker, self._filters, self._receiver = broker, list(filters), receiver
        self._key, self._extra, self._announcer, self._bulk = key, extra, announcer, bulk
        if announcer is not None:
            self._filters.append(CENTRAL_STATE)
        self._under_way = 0  # published on this connection and not yet carried

    @property
    def connected(self) -> bool:
        return self._listening.is_set()

    def run(self, stop: threading.Event) -> None:
        failures = 0
        if self._bulk:
            stand_back()
        while not stop.is_set():
            began_s = time.monotonic()
            if self._after is not None:
                self._after._listening.wait(AFTER_MOST_S)
            try:
                self._consume(stop)
            except (OSError, StoreError) as error:
                log.warning("consumer interrupted", extra={"consumer": self.name, "why": str(error)})
            self._listening.clear()
            failures = 0 if time.monotonic() - began_s > STABLE_AFTER_S else failures + 1
            stop.wait(min(5.0, back_off_s(failures - 1, random.random())))

    def _consume(self, stop: threading.Event) -> None:
        tls = tls_context(self._broker.tls) if self._broker.tls else None
        will = self._announcer.will() if self._announcer else None
        connection = Connection(f"central-{self.name}-{random.getrandbits(32):08x}", will, tls)
        self._under_way = 0
        try:
            connection.connect(self._broker.host, self._broker.port)
            if self._bulk:
                with Committer(self._receiver) as committer:
                    self._converse(connection, committer, stop)
            else:
                self._converse(connection, None, stop)
        finally:
            connection.abandon()

    def _converse(self, connection: Connection, committer: Committer | None, stop: threading.Event) -> None:
        while not stop.is_set():
            ready: list[Ready] = []
            for happening in self._happened(connection, committer):
                if isinstance(happening, Connected):
                    connection.subscribe(self._filters)
                    self._listening.set()
                    self._announce(connection)
                    if self._extra is not None:
                        self._extra.begin()
                elif isinstance(happening, Lost):
                    log.warning("broker lost", extra={"consumer": self.name, "why": happening.why})
                    return
                elif isinstance(happening, Carried):
                    self._under_way -= 1
                elif isinstance(happening, Arrived):
                    ready += self._read(connection, happening)
            if committer is not None:
                for each in ready:
                    committer.offer(each)
                self._answer(connection, committer.collect())
            elif ready:
                self._answer(connection, self._receiver.commit(ready))
            # What waits in paho waits in memory and before every acknowledgement: nothing more while it is full.
            if self.connected and self._extra is not None and self._under_way < IN_FLIGHT_MOST:
                for topic, data in self._extra.due(time.monotonic()):
                    self._publish(connection, topic, data)
        if self._announcer is not None and self.connected:
            self._announcer.farewell(connection)
        connection.close()

    def _happened(self, connection: Connection, committer: Committer | None) -> list[Happening]:
        """What has happened; on a connection without a committer all that has come, to be committed together."""
        if committer is not None:
            return connection.step(STEP_S, committer.woken.fileno())
        happened = connection.step(STEP_S)
        while any(isinstance(each, Arrived) for each in happened) and len(happened) < TOGETHER_MOST:
            more = connection.step(0)
            if not more:
                break
            happened += more
        return happened

    def _announce(self, connection: Connection) -> None:
        if self._announcer is not None:
            self._announcer.announce(connection)
            self._under_way += 1

    def _read(self, connection: Connection, arrived: Arrived) -> list[Ready]:
        """A batch to commit; anything else is dealt with."""
        if arrived.topic == CENTRAL_STATE:
            if self._announcer is not None and self._announcer.denies_us(arrived):
                self._announce(connection)
            return []
        found = self._receiver.read(arrived.topic, arrived.payload)
        if isinstance(found, Ready):
            return [found]
        if found is not None:
            self._answer(connection, [found])
        return []

    def _answer(self, connection: Connection, replies: Sequence[Reply]) -> None:
        for reply in replies:
            topic = down(reply.device, Down.ACK)
            self._publish(connection, topic, seal(self._key, topic, encode(reply.ack)))

    def _publish(self, connection: Connection, topic: str, data: bytes) -> None:
        connection.publish(topic, data)
        self._under_way += 1
