"""An alarm receiving centre for the demo: takes SIA DC-09 over TCP, acknowledges, and keeps a log in words.

It acknowledges what it has read, logged or not, as a real receiver does: its ACK says that a machine took the message,
not that anybody has seen it (E3). It stands on a line of its own, so a pulled cable of the site does not silence it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec

from deploy.demo.modem import wall_clock_ms
from firmware_bridge.dc09.envelope import FrameReader, printable
from firmware_bridge.dc09.frames import Message, Token, decode, encode
from kiosk.core.errors import BadInput

_KEPT = 40
_READ_BYTES = 4_096
_IDLE_S = 90.0  # a line that says nothing for longer is supervised as lost (EN 50136)
_CONTACT_ID = re.compile(r"#?[0-9A-F]{3,16}\|(?P<qualifier>[136])(?P<code>[0-9]{3}) [0-9]{2} [0-9]{3}")
_WORDS = {
    100: "darurat medis",
    110: "kebakaran",
    120: "keadaan darurat",
    122: "darurat senyap",
    123: "gangguan keamanan",
    137: "kotak dibuka",
    371: "kabel tombol putus",
    372: "kabel tombol korslet",
    406: "dibatalkan",
    601: "latihan",
    602: "uji harian",
}
_RESTORED = 3


class Entry(msgspec.Struct, frozen=True):
    """One event that the centre took: its code and what that means, and the frame as it came."""

    number: int
    at_ms: int
    code: int
    words: str
    frame: str


class Log:
    """What the centre has heard; safe from any thread."""

    def __init__(self, wall_ms: Callable[[], int]) -> None:
        self._lock, self._wall_ms = threading.Lock(), wall_ms
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._count = 0
        self.polled_ms: int | None = None
        self.refused = 0
        self.is_reachable = True

    def entries(self) -> tuple[Entry, ...]:
        """Newest first."""
        with self._lock:
            return tuple(reversed(self._entries))

    def hear(self, frame: bytes) -> bytes | None:
        """The reply to one frame, or None for what cannot be read: silence makes the sender ask again."""
        if not self.is_reachable:
            return None
        try:
            message = decode(frame)
        except BadInput:
            with self._lock:
                self.refused += 1
            return None
        with self._lock:
            if message.token is Token.POLL:
                self.polled_ms = self._wall_ms()
            elif message.token is Token.EVENT:
                self._keep(message, frame)
            else:
                return None
        reply = Message(Token.ACK, message.sequence, message.account, "", message.receiver, message.line)
        return encode(reply)

    def _keep(self, message: Message, frame: bytes) -> None:
        found = _CONTACT_ID.fullmatch(message.data)
        code = int(found["code"]) if found else 0
        words = _WORDS.get(code, message.data)
        if found and int(found["qualifier"]) == _RESTORED:
            words = f"{words}: selesai"
        self._count += 1
        self._entries.append(Entry(self._count, self._wall_ms(), code, words, printable(frame)))


class ReceivingCentre:
    """Listens from entering to leaving. Raises OSError when the port is taken."""

    def __init__(self, host: str, port: int, wall_ms: Callable[[], int] = wall_clock_ms) -> None:
        self.log = Log(wall_ms)
        self._server = _Server((host, port), self.log)
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiving-centre", daemon=True)

    def entries(self) -> tuple[Entry, ...]:
        return self.log.entries()

    @property
    def polled_ms(self) -> int | None:
        return self.log.polled_ms

    def set_line(self, up: bool) -> None:
        """With its line down it hears nothing and so acknowledges nothing; whoever is connected is hung up on."""
        self.log.is_reachable = up
        if not up:
            self._server.hang_up()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], log: Log) -> None:
        self.log = log
        self.callers: set[socket.socket] = set()
        super().__init__(address, _Caller)

    def hang_up(self) -> None:
        """On everybody: a caller that stays connected must not hold up the end."""
        for caller in tuple(self.callers):
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)


class _Caller(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        reader = FrameReader()
        self.request.settimeout(_IDLE_S)
        self.server.callers.add(self.request)
        try:
            while self.server.log.is_reachable and (data := self.request.recv(_READ_BYTES)):
                for frame in reader.feed(data):
                    if (reply := self.server.log.hear(frame)) is not None:
                        self.request.sendall(reply)
        except OSError:  # the caller is gone; what it has sent is in the log
            return
        finally:
            self.server.callers.discard(self.request)
