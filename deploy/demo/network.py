"""The cable between the sync agent and the broker, with a switch: a TCP proxy that can fail as real networks do.

Our own, because the faults that matter are silent ones: a peer that never answers and never closes, a line so slow
that a time-out fires while the answer is under way. It runs its own event loop in its own thread, so that a demo, or
a test of the sync engine, switches it from plain code. It never looks into the bytes.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

import msgspec

from deploy.demo.connection import Connection
from deploy.demo.line import SLOW_LINE, Lane, Mode, Silence, Speed

_SWITCH_TIMEOUT_S = 5.0
# asyncio makes a task, a transport and a call of ours of an accepted socket, one a turn of its loop.
_TURNS_TO_ACCEPT = 8


class Traffic(msgspec.Struct, frozen=True):
    """Since the proxy started. Bytes count when they are handed on; swallowed ones were read and never will be."""

    up_bytes: int
    down_bytes: int
    swallowed_bytes: int
    connections: int
    open_connections: int


class NetworkProxy:
    """Listens on `host:port` (0 = any free port) and connects each caller on to `target_host:target_port`.

    `start` returns once connections are accepted (or refused, if that is the mode); `stop` once every socket is closed.
    """

    def __init__(
        self,
        target_port: int,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        target_host: str = "127.0.0.1",
        mode: Mode = Mode.UP,
        slow: Speed = SLOW_LINE,
        silence: Silence = Silence.LOSES,
    ) -> None:
        self.host, self.port = host, port
        self.target_host, self.target_port = target_host, target_port
        self.slow, self.silence = slow, silence
        self._mode = mode
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._reserved: socket.socket | None = None
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self._count = 0
        self.up_bytes = self.down_bytes = self.swallowed_bytes = 0
        self.up_lane, self.down_lane = Lane(), Lane()
        self.heard = asyncio.Event()
        """Set while bytes may pass; what a line that holds bytes back waits for."""

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def traffic(self) -> Traffic:
        return Traffic(
            up_bytes=self.up_bytes,
            down_bytes=self.down_bytes,
            swallowed_bytes=self.swallowed_bytes,
            connections=self._count,
            open_connections=len(self._connections),
        )

    def start(self) -> Self:
        """Raises `OSError` when the port is taken."""
        self._reserved = self._bind()
        self.port = self._reserved.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo-network", daemon=True)
        self._thread.start()
        self._on_loop(self._switch(self._mode))
        return self

    def set_mode(self, mode: Mode) -> None:
        """From any thread. When it returns, the network behaves that way, for open connections too."""
        self._on_loop(self._switch(mode))

    def stop(self) -> None:
        """From any thread; a second call does nothing."""
        if self._loop is None or self._thread is None:
            return
        self._on_loop(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SWITCH_TIMEOUT_S)
        self._loop.close()
        self._loop = None
        if self._reserved is not None:
            self._reserved.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None, "the network was not started"
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_SWITCH_TIMEOUT_S)

    def _bind(self) -> socket.socket:
        """Our port, kept but not listening: whoever calls is refused, and nobody else can take it."""
        reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reserved.bind((self.host, self.port))
        except OSError:
            reserved.close()
            raise
        return reserved

    async def _switch(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.BLACKHOLE:
            self.heard.clear()
            for connection in self._connections:
                connection.fall_silent()
        else:
            self.heard.set()
        if mode is Mode.DOWN:
            await self._refuse()
        elif self._server is None:
            self._server = await asyncio.start_server(self._accept, sock=self._reserved)
            self._reserved = None

    async def _refuse(self) -> None:
        if self._server is not None:
            await self._stop_accepting()
            self._reserved = self._bind()
        await self._drop_connections()

    async def _stop_accepting(self) -> None:
        """asyncio forgets to close whom it has just accepted when a server closes; so nobody new first, then close."""
        server, self._server = self._server, None
        if server is None:
            return
        for listening in server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(_TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        server.close()

    async def _drop_connections(self) -> None:
        for connection in list(self._connections):
            connection.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _close(self) -> None:
        self._is_closing = True
        await self._stop_accepting()
        await self._drop_connections()
        # One turn of the loop lets the transports close their sockets.
        await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self, reader, writer)
        if self._is_closing or self._mode is Mode.DOWN:  # accepted a moment before the listening ended
            connection.reset()
            return
        self._count += 1
        self._connections.add(connection)
        task = asyncio.ensure_future(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: Connection) -> None:
        try:
            await connection.run()
        finally:
            connection.close()
            self._connections.discard(connection)
