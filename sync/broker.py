"""paho-mqtt behind one small port: a connection that its owner thread steps, and that tells what happened as values.

paho's own loop thread can die unnoticed and hides which thread calls back, so there is none: the owner calls `step`.
A connection is used once; after it is lost a new one is made. What paho leaves out is done here: TCP_NODELAY (four
acknowledgements wait for one another's packets without it), MQTT 5 reason codes checked on every PUBACK and SUBACK,
the broker's receive maximum, and a limit on the size of what may arrive.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Sequence
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

TAKEN_OVER = 0x8E  # MQTT 5, DISCONNECT: another client has connected by the same name
REFUSED_FROM = 0x80  # MQTT 5: reason codes from here on are failures
KEEPALIVE_S = 30
CONNECT_TIMEOUT_S = 5.0
RECEIVE_LIMIT_BYTES = 262_144 + 128
IN_FLIGHT_MOST = 20  # unacknowledged at once; what is published beyond waits in paho


class Connected(msgspec.Struct, frozen=True):
    """The broker took the connection."""


class Lost(msgspec.Struct, frozen=True):
    """The connection is over; make a new one."""

    why: str
    taken_over: bool = False  # by another client of the same name


class Carried(msgspec.Struct, frozen=True):
    """PUBACK for one publish; `accepted` is False when the broker refused it (MQTT 5 reason ≥ 0x80)."""

    message: int
    accepted: bool
    reason: str


class Arrived(msgspec.Struct, frozen=True):
    """A message of ours to read."""

    topic: str
    payload: bytes
    retained: bool = False  # kept by the broker from before we subscribed


Happening = Connected | Lost | Carried | Arrived


class Will(msgspec.Struct, frozen=True):
    """What the broker publishes, retained, when this connection dies."""

    topic: str
    payload: bytes


class Connection:
    """One MQTT 5 connection: clean start, session expiry 0, QoS 1. Only its owner thread may call it."""

    def __init__(self, client_id: str, will: Will | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._happened: list[Happening] = []
        self._lost = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self._client.connect_timeout = CONNECT_TIMEOUT_S
        if tls is not None:
            self._client.tls_set_context(tls)
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=True)
        self._client.on_socket_open = self._opened
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._carried
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._arrived

    def connect(self, host: str, port: int) -> None:
        """Opens the socket and asks; `Connected` or `Lost` comes from `step`. Raises OSError when nobody is there."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 0
        properties.MaximumPacketSize = RECEIVE_LIMIT_BYTES
        self._client.connect(host, port, keepalive=KEEPALIVE_S, clean_start=True, properties=properties)

    def subscribe(self, topics: Sequence[str]) -> None:
        self._client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in topics])

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> int:
        """Hands one message to the socket at QoS 1; returns the number that its `Carried` will name.

        Raises OSError when there is no connection: paho would keep the message and say nothing.
        """
        handed = self._client.publish(topic, payload, qos=1, retain=retain)
        if handed.rc != mqtt.MQTT_ERR_SUCCESS:
            raise ConnectionError(f"koneksi ke broker terputus: {mqtt.error_string(handed.rc)}")
        return handed.mid

    def step(self, timeout_s: float, woken: int | None = None) -> list[Happening]:
        """Waits at most `timeout_s` for the socket, does what is due and returns what happened since the last call.

        Also returns when the descriptor `woken` has something to read, which is left to whoever gave it.
        """
        held = self._client.socket()
        if held is not None and not self._happened:
            writing = [held] if self._client.want_write() else []
            pending = isinstance(held, ssl.SSLSocket) and held.pending() > 0
            reading: list[Any] = [held] if woken is None else [held, woken]
            readable, writable, _ = select.select(reading, writing, [], 0 if pending else timeout_s)
            if held in readable or pending:
                self._client.loop_read()
            if writable and self._client.socket() is not None:
                self._client.loop_write()
        if self._client.socket() is not None:
            self._client.loop_misc()
        elif not self._lost:
            self._lose("koneksi tertutup")
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        """Says goodbye (the last will is not sent) and closes the socket."""
        if self._client.socket() is not None:
            self._client.disconnect()
        self.abandon()

    def abandon(self) -> None:
        """Closes the socket at once, so that the broker notices a death."""
        held = self._client.socket()
        if held is not None:
            held.close()
            self._client._sock_close()  # paho has no public way to drop a socket without DISCONNECT
        self._lost = True

    def _lose(self, why: str, taken_over: bool = False) -> None:
        self._lost = True
        self._happened.append(Lost(why, taken_over))

    def _opened(self, _client: mqtt.Client, _data: Any, held: Any) -> None:
        if held.family in (socket.AF_INET, socket.AF_INET6):
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _connected(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, properties: Any) -> None:
        if reason.value >= REFUSED_FROM:
            self._lose(f"ditolak broker: {reason}")
            return
        # paho ignores how many the broker takes unacknowledged, and has no public way to say so once connected.
        most = getattr(properties, "ReceiveMaximum", IN_FLIGHT_MOST)
        self._client._max_inflight_messages = min(IN_FLIGHT_MOST, most)
        self._happened.append(Connected())

    def _disconnected(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not self._lost:
            self._lose(str(reason), reason.value == TAKEN_OVER)

    def _carried(self, _client: mqtt.Client, _data: Any, message: int, reason: Any, _properties: Any) -> None:
        self._happened.append(Carried(message, reason.value < REFUSED_FROM, str(reason)))

    def _subscribed(self, _client: mqtt.Client, _data: Any, _message: int, reasons: Any, _properties: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.value >= REFUSED_FROM]
        if refused:
            self._lose(f"langganan ditolak broker: {refused[0]}")

    def _arrived(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # no topic of ours, and no reason to end this thread
            topic = ""
        self._happened.append(Arrived(topic, bytes(message.payload), bool(message.retain)))
