"""The socket to a receiver, TCP or UDP: one connection for each sending, nothing that waits but `turn`.

Only sockets live here; what is sent, when, and what a reply means is `session`. Connecting does not block and counts
into the time for the reply, so a receiver behind a router that swallows packets costs no more than one that is silent.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import select
import socket

from firmware_bridge.dc09.evidence import Step
from firmware_bridge.dc09.session import Session
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.clock import Clock

_CHUNK_BYTES = 2_048


class Line:
    """Used by one thread, with the session that it serves."""

    def __init__(self, settings: ReceiverSettings, session: Session, clock: Clock) -> None:
        self._settings, self._session, self._clock = settings, session, clock
        self._family = socket.AF_INET6 if ipaddress.ip_address(settings.host).version == 6 else socket.AF_INET
        self._kind = socket.SOCK_STREAM if settings.transport == "tcp" else socket.SOCK_DGRAM
        self._socket: socket.socket | None = None
        self._unsent = b""

    def turn(self, timeout_s: float, wake: socket.socket | None = None) -> list[Step]:
        """Sends what is due, then waits until something comes, `wake` is readable, something is due or `timeout_s`."""
        now = self._clock.now()
        self._session.tick(now)
        if self._session.is_due_to_send(now):
            self._open()
        steps = self._serve(timeout_s, wake)
        if not self._session.listens:
            self.close()
        return steps

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._unsent = None, b""

    def _open(self) -> None:
        self.close()
        now = self._clock.now()
        self._unsent = self._session.begin(now)
        try:
            self._socket = socket.socket(self._family, self._kind | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
            error = self._socket.connect_ex((self._settings.host, self._settings.port))
        except OSError as failed:  # no descriptor left: tried again like a line that is down
            error = failed.errno or errno.EIO
        if error not in (0, errno.EINPROGRESS):
            self._lose(os.strerror(error))

    def _serve(self, timeout_s: float, wake: socket.socket | None) -> list[Step]:
        ready = select.poll()
        if wake is not None:
            ready.register(wake, select.POLLIN)
        line = self._socket
        if line is not None:
            ready.register(line, select.POLLIN | (select.POLLOUT if self._unsent else 0))
        due_s = (self._session.due_ms() - self._clock.now().mono_ms) / 1000
        came = dict(ready.poll(max(0.0, min(timeout_s, due_s)) * 1000))
        if line is None or line.fileno() not in came:
            return []
        to_read = came[line.fileno()] & ~select.POLLOUT
        steps = self._write(line) if self._unsent else []
        if to_read and self._socket is line:  # and not lost in writing
            steps += self._read(line)
        return steps

    def _write(self, line: socket.socket) -> list[Step]:
        error = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self._lose(os.strerror(error))
            return []
        try:
            self._unsent = self._unsent[line.send(self._unsent) :]
        except BlockingIOError:
            return []
        except OSError as failed:
            self._lose(str(failed))
            return []
        return [] if self._unsent else self._session.handed(self._clock.now())

    def _read(self, line: socket.socket) -> list[Step]:
        try:
            data = line.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return []
        except OSError as failed:
            self._lose(str(failed))
            return []
        if not data and self._kind == socket.SOCK_STREAM:
            self._lose("penerima menutup sambungan")
            return []
        return self._session.received(data, self._clock.now())

    def _lose(self, why: str) -> None:
        self.close()
        self._session.lost(why, self._clock.now())
