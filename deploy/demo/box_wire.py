"""The simulated box's end of the line: a Unix socket on which one host at a time is talked to.

Lives as long as the box has power. Edges are repeated every 500 ms until they are acknowledged; a host that died
leaves its connection behind, so the newest one counts; a host that no longer reads is hung up on, since what is held
comes again on the next line. Runs inside the box's event loop and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from deploy.demo.box_board import Board, Panel
from firmware_bridge.frames import BoxPong, FromBox, FromHost, HostAck, HostHello, HostPing, encode, frames_from_host

RESEND_S = 0.5
_UNREAD_LIMIT_BYTES = 65_536


class Wire:
    """`changed` is called after everything that came from the host. `dropped` counts lines that were no frames."""

    def __init__(self, board: Board, panel: Panel, now_ms: Callable[[], int], changed: Callable[[], None]) -> None:
        self._board, self._panel = board, panel
        self._now_ms, self._changed = now_ms, changed
        self._server: asyncio.Server | None = None
        self._line: asyncio.StreamWriter | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.dropped = 0

    @property
    def connected(self) -> bool:
        return self._line is not None

    async def open(self, path: Path) -> None:
        path.unlink(missing_ok=True)  # of a box that was killed
        self._server = await asyncio.start_unix_server(self._meet, path)

    async def close(self, path: Path) -> None:
        if self._server is not None:
            self._server.close()
        path.unlink(missing_ok=True)
        self._hang_up()
        await asyncio.gather(*self._talks)

    def send(self, frame: FromBox) -> None:
        """Sends at once, or not at all when no host is there."""
        if self._line is None:
            return
        if self._line.transport.get_write_buffer_size() > _UNREAD_LIMIT_BYTES:
            self._hang_up()
        else:
            self._line.write(encode(frame))

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hang_up()
        self._line = writer
        self._panel.new_line()
        self.send(self._board.hello(self._now_ms()))
        self._repeat(writer)
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        self._changed()

    def _repeat(self, writer: asyncio.StreamWriter) -> None:
        """Sends every held edge now and again, for as long as this line lasts."""
        if self._line is writer:
            for edge in self._board.held():
                self.send(edge)
            asyncio.get_running_loop().call_later(RESEND_S, self._repeat, writer)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = frames_from_host()
        try:
            while data := await reader.read(4_096):
                for frame in frames.feed(data):
                    self._obey(frame)
                self.dropped, frames.dropped = self.dropped + frames.dropped, 0
                self._changed()
        except ConnectionError:
            pass  # the host died; that is what the dead-man times are for
        finally:
            writer.transport.abort()
            if self._line is writer:
                self._line = None
            self._changed()

    def _obey(self, frame: FromHost) -> None:
        if isinstance(frame, HostAck):
            self._board.acknowledge(frame)
        elif isinstance(frame, HostPing):
            self.send(BoxPong(frame.number, self._board.clock_ms(self._now_ms())))
        elif not isinstance(frame, HostHello):  # its greeting asks for nothing: one version is spoken so far
            self._panel.show(frame, self._now_ms())

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.transport.abort()
            self._line = None
