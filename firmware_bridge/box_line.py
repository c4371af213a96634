"""The line to the simulated box: a Unix socket, opened again for ever when it is lost.

Only sockets and time-outs live here; what the bytes mean is `box_session`. Nothing blocks: a box that stops reading
fills the socket's buffer and is then treated as lost, so it can never hold up the siren's loop. Reopening backs off
from 0.25 s to 5 s with jitter, so that a box and its host that come up together do not march in step.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Callable, Sequence

from firmware_bridge.box_session import DEAD_MS, SUSPECT_MS, BoxSession
from firmware_bridge.frames import PROTOCOL
from firmware_bridge.ports import Command, Reading
from kiosk.core.clock import Clock

BACK_OFF_FIRST_S = 0.25
BACK_OFF_LAST_S = 5.0
_CHUNK_BYTES = 4_096
_MOST_CHUNKS = 64  # a box that talks without end gets its turn, not the whole loop


def back_off_s(attempt: int, jitter: float) -> float:
    """Pause before attempt number `attempt` (from 0), for a jitter of 0–1: half of it is fixed, half random."""
    whole = min(BACK_OFF_LAST_S, BACK_OFF_FIRST_S * 2.0 ** min(attempt, 10))
    return max(BACK_OFF_FIRST_S, whole * (0.5 + jitter / 2))


class BoxLine:
    """Source and outputs in one, as both are one cable. Used by one thread."""

    def __init__(self, path: str, clock: Clock, jitter: Callable[[], float] = random.random) -> None:
        self._path = path
        self._clock = clock
        self._jitter = jitter
        self._session = BoxSession()
        self._socket: socket.socket | None = None
        self._attempt = 0
        self._open_at_ms = 0
        self._unsent = b""

    @property
    def dropped(self) -> int:
        """Lines from the box that were no frames."""
        return self._session.dropped

    def read(self, timeout_s: float) -> Sequence[Reading]:
        if self._socket is None and self._now_ms() >= self._open_at_ms:
            self._open()
        if self._socket is None:
            wait_s = (self._open_at_ms - self._now_ms()) / 1000
            time.sleep(max(0.0, min(timeout_s, wait_s)))
            return []
        self._write()
        readings = self._receive(timeout_s)
        self._write()
        if self._session.silent_ms(self._now_ms()) > DEAD_MS:
            self._lose()
        return readings

    def certain_until_ms(self, now_ms: int) -> int:
        return self._session.certain_until_ms(now_ms)

    def settle(self, name: str) -> None:
        self._session.settle(name)
        self._write()

    def show(self, command: Command) -> None:
        self._session.show(command)
        self._write()

    def faults(self) -> Sequence[str]:
        if self._socket is None or self._session.protocol is None:
            return ("kotak tombol tidak terhubung",)
        if self._session.silent_ms(self._now_ms()) > SUSPECT_MS:
            return ("kotak tombol tidak menjawab",)
        if self._session.protocol != PROTOCOL:
            return (f"kotak tombol memakai protokol {self._session.protocol}, bukan {PROTOCOL}",)
        return ()

    def close(self) -> None:
        self._lose()

    def _now_ms(self) -> int:
        return self._clock.now().mono_ms

    def _open(self) -> None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        line.setblocking(False)
        try:
            line.connect(self._path)  # on a Unix socket at once, or not at all
        except OSError:
            line.close()
            self._retry_later()
            return
        self._socket, self._unsent = line, b""
        self._session.connected(self._now_ms())

    def _receive(self, timeout_s: float) -> list[Reading]:
        readings: list[Reading] = []
        line = self._socket
        if line is None:
            return readings
        ready = select.poll()
        ready.register(line, select.POLLIN)
        ready.poll(timeout_s * 1000)
        for _ in range(_MOST_CHUNKS):
            try:
                data = line.recv(_CHUNK_BYTES)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self._lose()
                break
            readings += self._session.receive(data, self._now_ms())
        if self._session.protocol is not None:
            self._attempt = 0
        return readings

    def _write(self) -> None:
        if self._socket is None:
            return
        self._unsent += self._session.outgoing(self._now_ms())
        if not self._unsent:
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._lose()
            return
        self._unsent = self._unsent[sent:]
        if len(self._unsent) > _CHUNK_BYTES * 4:
            self._lose()

    def _lose(self) -> None:
        if self._socket is None:
            return
        self._socket.close()
        self._socket, self._unsent = None, b""
        self._session.lost(self._now_ms())
        self._retry_later()

    def _retry_later(self) -> None:
        self._open_at_ms = self._now_ms() + round(back_off_s(self._attempt, self._jitter()) * 1000)
        self._attempt += 1
