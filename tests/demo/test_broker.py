"""The demo's broker, of either kind, with a real MQTT 5 client."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.demo.broker import Kind, NoBroker, accepts, best_command, command, installed
from deploy.demo.process import ChildProcess
from tests.demo.waiting import wait_until

PATIENCE_S = 10.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port


class Client:
    """A paho client whose messages land in a queue."""

    def __init__(self, port: int, name: str, will: tuple[str, bytes] | None = None) -> None:
        self.got: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self._acknowledged: queue.Queue[int] = queue.Queue()
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
        self.mqtt.on_message = lambda _client, _data, message: self.got.put(
            (message.topic, bytes(message.payload), bool(message.retain))
        )
        self.mqtt.on_subscribe = lambda *_: self._acknowledged.put(1)
        if will is not None:
            self.mqtt.will_set(will[0], will[1], qos=1, retain=True)
        self.mqtt.connect("127.0.0.1", port)
        self.mqtt.loop_start()
        wait_until(self.mqtt.is_connected)

    def subscribe(self, pattern: str) -> None:
        self.mqtt.subscribe(pattern, qos=1)
        self._acknowledged.get(timeout=PATIENCE_S)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        sent = self.mqtt.publish(topic, payload, qos=1, retain=retain)
        sent.wait_for_publish(PATIENCE_S)
        assert sent.is_published()

    def leave(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


@pytest.fixture(params=list(installed()))
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    kind: Kind = request.param
    number = free_port()
    broker = ChildProcess(kind.value, command(kind, number, tmp_path), tmp_path / "broker.log")
    broker.start()
    wait_until(lambda: accepts(number))
    yield number
    broker.ask_to_end()
    assert broker.wait(PATIENCE_S), broker.last_words()
    assert not accepts(number)


def test_a_message_as_large_as_a_batch_arrives_whole(port: int) -> None:
    receiver, sender = Client(port, "receiver"), Client(port, "sender")
    receiver.subscribe("kt/1/+/+/batch")
    payload = bytes(range(256)) * 256
    sender.publish("kt/1/0a/31.74.05.1001-k1/batch", payload)
    assert receiver.got.get(timeout=PATIENCE_S) == ("kt/1/0a/31.74.05.1001-k1/batch", payload, False)
    sender.leave()
    receiver.leave()


def test_a_retained_message_waits_for_a_late_subscriber(port: int) -> None:
    sender = Client(port, "sender")
    sender.publish("kt/1/central/state", b"here", retain=True)
    sender.leave()
    receiver = Client(port, "receiver")
    receiver.subscribe("kt/1/central/#")
    assert receiver.got.get(timeout=PATIENCE_S) == ("kt/1/central/state", b"here", True)
    receiver.leave()


def test_a_client_that_vanishes_leaves_its_will(port: int) -> None:
    receiver = Client(port, "receiver")
    receiver.subscribe("kt/1/+/+/presence")
    device = Client(port, "device", will=("kt/1/0a/31.74.05.1001-k1/presence", b"gone"))
    device.mqtt.loop_stop()
    line = device.mqtt.socket()
    assert line is not None
    line.close()
    assert receiver.got.get(timeout=PATIENCE_S)[:2] == ("kt/1/0a/31.74.05.1001-k1/presence", b"gone")
    receiver.leave()


def test_without_any_broker_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deploy.demo.broker.installed", lambda: ())
    with pytest.raises(NoBroker, match="pasang paket sistem `mosquitto`"):
        best_command(1883, tmp_path)
