"""The least that a receiver at the far broker must do: read every message and answer it. Nothing is decoded or kept.

MQTT 3.1.1 at QoS 1 on a plain socket, about 1 µs a message, so that a peer is not slowed by our client library.
"""

from __future__ import annotations

import socket
import struct
import time
from types import TracebackType
from typing import Self

_CONNECT = b"\x10\x14\x00\x04MQTT\x04\x02\x00\x3c\x00\x08receiver"
_SUBSCRIBE_TO_ALL = b"\x82\x06\x00\x01\x00\x01#\x01"
_PUBLISH, _QOS_MASK, _QOS_1 = 0x30, 0x06, 0x02
_READ_BYTES = 262_144


class Receiver:
    """Subscribed to everything once made."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_CONNECT + _SUBSCRIBE_TO_ALL)
        answer = b""
        while len(answer) < 4 + 5:  # CONNACK and SUBACK
            answer += self._socket.recv(64)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def count(self, messages: int) -> float:
        """Reads that many; seconds from the first to the last. Raises TimeoutError when none comes for a minute."""
        held, seen, first_s = b"", 0, 0.0
        while seen < messages:
            piece = self._socket.recv(_READ_BYTES)
            if not piece:
                raise ConnectionError("the broker closed the receiver's connection")
            first_s = first_s or time.monotonic()
            held, answers = _take(held + piece)
            seen += len(answers)
            self._socket.sendall(b"".join(answers))
        return time.monotonic() - first_s


def _take(data: bytes) -> tuple[bytes, list[bytes]]:
    """What is left of the last, unfinished packet, and a PUBACK for each message."""
    at, end, answers = 0, len(data), []
    while at + 2 <= end:
        size, shift, body = 0, 0, at + 1
        while body < end:
            byte = data[body]
            size |= (byte & 0x7F) << shift
            shift, body = shift + 7, body + 1
            if not byte & 0x80:
                break
        else:
            break
        if body + size > end:
            break
        if data[at] & 0xF0 == _PUBLISH and data[at] & _QOS_MASK == _QOS_1:
            (topic_bytes,) = struct.unpack_from(">H", data, body)
            place = body + 2 + topic_bytes
            answers.append(b"\x40\x02" + data[place : place + 2])
        at = body + size
    return data[at:], answers
