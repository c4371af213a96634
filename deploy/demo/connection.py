"""One connection through the simulated network: two pumps between a caller and the place it calls.

A pump has two ends so that a piece can be under way while the next is already leaving: the inlet reads and waits for
its turn on the line, the outlet hands on what has arrived. The queue between them is short, so that a slow line
pushes back on the sender instead of buffering for it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Protocol

from deploy.demo.line import BLOCK_BYTES, PIECE_BYTES, Lane, Mode, Silence, Speed

# Pieces under way at once in one direction: 300 ms at 20 kbit/s are two, and a few more hide the event loop's jitter.
_UNDER_WAY = 8
# Closing with this set sends RST instead of FIN (socket(7): l_onoff, l_linger).
_RESET = struct.pack("ii", 1, 0)


class Network(Protocol):
    """What a connection needs to know of the network it goes through."""

    target_host: str
    target_port: int
    slow: Speed
    silence: Silence
    up_lane: Lane
    down_lane: Lane
    heard: asyncio.Event
    up_bytes: int
    down_bytes: int
    swallowed_bytes: int

    @property
    def mode(self) -> Mode: ...


class Connection:
    """Lives until both sides have closed, or until `reset`."""

    def __init__(self, network: Network, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._network = network
        self._reader, self._writer = reader, writer
        self._target: asyncio.StreamWriter | None = None
        self._gone = False
        self._lost = network.mode is Mode.BLACKHOLE and network.silence is Silence.LOSES

    def fall_silent(self) -> None:
        """The network went dark under this connection: nothing of it will ever arrive again, if it loses."""
        self._lost = self._network.silence is Silence.LOSES

    def reset(self) -> None:
        """Cut now: both sides see a reset, and bytes under way are gone."""
        self._gone = True
        for writer in self._writers():
            if not writer.transport.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()

    def close(self) -> None:
        """Both sides have said their last word: let what is written still arrive."""
        for writer in self._writers():
            writer.close()

    async def run(self) -> None:
        if self._lost:
            await self._swallow(self._reader)
            return
        await self._network.heard.wait()
        try:
            reader, self._target = await asyncio.open_connection(self._network.target_host, self._network.target_port)
        except OSError:
            self.reset()  # nobody is there: as a router says it
            return
        await asyncio.gather(
            self._pump(self._reader, self._target, upward=True), self._pump(reader, self._writer, upward=False)
        )

    def _writers(self) -> list[asyncio.StreamWriter]:
        return [writer for writer in (self._writer, self._target) if writer is not None]

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, upward: bool) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_UNDER_WAY)
        await asyncio.gather(
            self._inlet(source, under_way, upward=upward), self._outlet(under_way, sink, upward=upward)
        )

    async def _inlet(
        self, source: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]], *, upward: bool
    ) -> None:
        """Ends after having queued b'', which stands for the sender's FIN."""
        network = self._network
        lane = network.up_lane if upward else network.down_lane
        data = b"begin"
        while data:
            await self._wait_for_sound()
            slow = network.mode is Mode.SLOW
            try:
                data = await source.read(PIECE_BYTES if slow else BLOCK_BYTES)
            except ConnectionError:
                data = b""
            if slow:
                await lane.occupy(len(data), network.slow)
            way_s = network.slow.round_trip_s / 2 if slow else 0.0
            await under_way.put((asyncio.get_running_loop().time() + way_s, data))

    async def _outlet(
        self, under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter, *, upward: bool
    ) -> None:
        data = b"begin"
        while data:
            due_at, data = await under_way.get()
            await asyncio.sleep(max(0.0, due_at - asyncio.get_running_loop().time()))
            await self._wait_for_sound()
            if self._lost:
                self._network.swallowed_bytes += len(data)  # and a FIN is swallowed like any byte
            elif not self._gone:
                await self._hand_on(data, sink, upward=upward)

    async def _hand_on(self, data: bytes, sink: asyncio.StreamWriter, *, upward: bool) -> None:
        try:
            if not data:
                sink.write_eof()
                return
            sink.write(data)
            await sink.drain()
        except OSError:
            self.reset()  # the receiver is gone, and the sender learns it the same way
            return
        if upward:
            self._network.up_bytes += len(data)
        else:
            self._network.down_bytes += len(data)

    async def _wait_for_sound(self) -> None:
        if self._network.silence is Silence.HOLDS:
            await self._network.heard.wait()

    async def _swallow(self, source: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while data := await source.read(BLOCK_BYTES):
                self._network.swallowed_bytes += len(data)
