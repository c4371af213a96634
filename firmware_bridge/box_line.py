"""The line to the simulated box: a Unix socket. Everything but the socket itself is `line`."""

from __future__ import annotations

import random
import select
import socket
from collections.abc import Callable

from firmware_bridge.box_session import BoxSession
from firmware_bridge.condition import Condition
from firmware_bridge.line import Line, kept_by_the_box
from kiosk.core.clock import Clock

_CHUNK_BYTES = 4_096


class BoxLine(Line):
    """An `EdgeSource` and an `Outputs`."""

    def __init__(
        self,
        path: str,
        clock: Clock,
        record: Callable[[Condition], bool] = kept_by_the_box,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(UnixSocketWire(path), BoxSession(), clock, jitter, record)


class UnixSocketWire:
    """A `Wire`: the socket on which the simulated box listens."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        self._socket.connect(self._path)  # on a Unix socket at once, or not at all

    def read(self, timeout_s: float) -> bytes:
        line = self._opened()
        ready = select.poll()
        ready.register(line, select.POLLIN)
        ready.poll(timeout_s * 1000)
        try:
            data = line.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError("the box hung up")
        return data

    def write(self, data: bytes) -> int:
        try:
            return self._opened().send(data)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("the box is not connected")
        return self._socket
