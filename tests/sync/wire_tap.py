"""A raw client of the broker: hears every topic and publishes whatever a test makes up."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec
from nacl.signing import SigningKey

from sync.broker import Arrived, Carried, Connected, Connection
from sync.wire.envelope import seal


class Tap:
    """Everything published while it is open, in order of arrival at this client."""

    def __init__(self, port: int, topics: str = "kt/#") -> None:
        self.heard: list[Arrived] = []
        self._carried: set[int] = set()
        self._connected = False
        self._topics, self._mark_topic = topics, topics.replace("#", "mark")
        self._connection = Connection("a-stranger")
        self._connection.connect("127.0.0.1", port)

    def __enter__(self) -> Self:
        self._until(lambda: self._connected)
        self._connection.subscribe([self._topics])
        self.publish("elsewhere", b"after this the subscription stands")
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._connection.close()

    def publish(self, topic: str, data: bytes) -> None:
        """Returns once the broker has it."""
        number = self._connection.publish(topic, data)
        self._until(lambda: number in self._carried)

    def say(self, key: SigningKey, topic: str, message: object) -> None:
        """Signs and publishes a message."""
        self.publish(topic, seal(key, topic, message if isinstance(message, bytes) else msgspec.json.encode(message)))

    def on(self, topic: str) -> list[bytes]:
        """What was published on a topic until now, even if the broker still holds some of it back for us."""
        mark = b"%d" % time.monotonic_ns()
        self.publish(self._mark_topic, mark)
        self._until(lambda: any(arrived.payload == mark for arrived in reversed(self.heard)))
        return [arrived.payload for arrived in self.heard if arrived.topic == topic]

    def _until(self, true: Callable[[], bool]) -> None:
        until = time.monotonic() + 10
        while not true():
            assert time.monotonic() < until, "the broker does not answer"
            self._step(0.02)

    def _step(self, timeout_s: float) -> bool:
        happened = self._connection.step(timeout_s)
        for happening in happened:
            match happening:
                case Connected():
                    self._connected = True
                case Carried():
                    self._carried.add(happening.message)
                case Arrived():
                    self.heard.append(happening)
        return bool(happened)
