"""A network printer that is only software: port 9100 as a real one behaves, with a roll of paper that can be looked at.

It serves the demo's box and the tests, so it is strict where a real printer is lenient (an unknown command is a
fault) and as unhelpful as a real one: it stops taking bytes when the paper is out, answers DLE EOT at once and GS r
in its turn, can be silent or answer garbage, and loses what it had not printed when it is switched off. The printed
tickets are kept as files, so that the demo finds its roll again. No print head is timed: a ticket is out at once.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from kiosk.printing.commands import Reader, UnknownCommand
from kiosk.printing.roll import Roll
from kiosk.printing.status import Paper

_BUFFER_BYTES = 4096  # the receive buffer of a common 80 mm printer
_LOOK_S = 0.02


class Manner(StrEnum):
    """How it answers questions."""

    PROPER = "proper"
    SILENT = "silent"
    GARBAGE = "garbage"


class SimulatedPrinter:
    """Listens from `start` to `close`; `paper`, `online` and `manner` may be set at any time from any thread.

    `online` False: reachable, but it prints nothing (as with its cover open); switched off is `close`.
    `out_after_bytes`: the paper runs out when so many more bytes have arrived, in the middle of whatever that is.
    """

    def __init__(self, directory: Path, port: int = 0, host: str = "127.0.0.1", width_dots: int = 576) -> None:
        self.paper = Paper.OK
        self.online = True
        self.manner = Manner.PROPER
        self.out_after_bytes: int | None = None
        self.faults: list[str] = []
        self._roll = Roll(directory, width_dots)
        self._address = (host, port)
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return self._address[1]

    def start(self) -> None:
        """Listens; returns when a connection would be accepted. Nothing happens when it is on already."""
        if self._listener is not None:
            return
        self._closing.clear()
        listener = socket.create_server(self._address)
        # Little may wait in the kernel: a full printer must be felt by the sender, as it is with a real one.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._listener, self._address = listener, (self._address[0], listener.getsockname()[1])
        self._begin(self._accept, listener)

    def close(self) -> None:
        """Switches it off: every connection drops and what was not printed is lost. May be started again."""
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def __enter__(self) -> SimulatedPrinter:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def jobs(self) -> list[bytes]:
        """The tickets on the roll, oldest first, each from ESC @ to its cut."""
        return self._roll.jobs()

    @property
    def printed_count(self) -> int:
        """Tickets that ever came out, also those no longer kept."""
        return self._roll.printed_count

    def picture(self, newest: int = 4) -> bytes:
        """PNG of the last tickets, newest at the top."""
        return self._roll.picture(newest)

    def _begin(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        self._threads = [begun for begun in self._threads if begun.is_alive()]
        thread = threading.Thread(target=work, args=(connection,), name="simulated-printer", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._closing.is_set():
            if select.select([listener], [], [], _LOOK_S)[0]:
                connection, _ = listener.accept()
                self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):  # a sender that goes away is no fault of the printer
            _Session(self, connection, self._closing, self._roll).run()

    @property
    def ready(self) -> bool:
        """Whether it takes bytes out of its buffer and prints them."""
        return self.online and self.paper is not Paper.OUT

    def answer_now(self, question: int) -> bytes:
        """What DLE EOT `question` gets."""
        if self.manner is not Manner.PROPER:
            return b"\xff" if self.manner is Manner.GARBAGE else b""
        low, out = self.paper is Paper.LOW, self.paper is Paper.OUT
        said = {1: 0x08 if not self.ready else 0, 2: 0x20 if out else 0, 3: 0, 4: 0x6C if out else 0x0C if low else 0}
        return bytes((0x12 | said[question],))

    def answer_in_line(self) -> bytes:
        """What GS r 1 gets, when its turn comes."""
        if self.manner is not Manner.PROPER:
            return b"\xff" if self.manner is Manner.GARBAGE else b""
        return {Paper.LOW: b"\x03", Paper.OUT: b"\x0f"}.get(self.paper, b"\x00")


class _Session:
    """One connection: bytes in, answers out, tickets onto the roll."""

    def __init__(
        self, printer: SimulatedPrinter, connection: socket.socket, closing: threading.Event, roll: Roll
    ) -> None:
        self._printer, self._connection, self._closing, self._roll = printer, connection, closing, roll
        self._reader = Reader()
        self._job = bytearray()
        self._last_bytes = b""
        self._ended = False
        self._faulty = False

    def run(self) -> None:
        while not self._closing.is_set():
            if self._printer.ready:
                self._obey()
                if self._ended:
                    return
            room = self._printer.ready or self._reader.waiting_bytes < _BUFFER_BYTES
            if self._ended or not room:
                self._closing.wait(_LOOK_S)
            elif select.select([self._connection], [], [], _LOOK_S)[0]:
                self._receive()

    def _receive(self) -> None:
        data = self._connection.recv(_BUFFER_BYTES)
        self._ended = not data
        if not self._faulty:
            self._reader.feed(data)
        if self._printer.out_after_bytes is not None:
            self._printer.out_after_bytes -= len(data)
            if self._printer.out_after_bytes <= 0:
                self._printer.paper, self._printer.out_after_bytes = Paper.OUT, None
        # As in real printers, DLE EOT is found wherever it stands, even inside a raster, and before any printing.
        seen = self._last_bytes + data
        for place in range(len(seen) - 2):
            if seen[place : place + 2] == b"\x10\x04" and seen[place + 2] in (1, 2, 3, 4):
                self._connection.sendall(self._printer.answer_now(seen[place + 2]))
        self._last_bytes = seen[-2:]

    def _obey(self) -> None:
        """Prints what is whole. After a fault the rest of the connection is thrown away."""
        try:
            while self._printer.ready and (command := self._reader.next()) is not None:
                if command.name == "ask_in_line":
                    self._connection.sendall(self._printer.answer_in_line())
                elif command.name != "ask_now":
                    self._job += command.source
                if command.name == "cut":
                    self._roll.add(bytes(self._job))
                    self._job.clear()
        except UnknownCommand as error:
            self._printer.faults.append(str(error))
            self._faulty, self._reader = True, Reader()
            self._job.clear()
