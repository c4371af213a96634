"""A network printer that is only software: port 9100 as a real one behaves, with a roll of paper that can be looked at.

It serves the demo's box and the tests. Inside it is `mechanism.Mechanism`; here are the port and the roll. Each
connection has a feed of its own, and switching it off loses what was not printed. The printed tickets are kept as
files, so that the demo finds its roll again.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from kiosk.printing.feed import BUFFER_BYTES, Feed
from kiosk.printing.mechanism import Mechanism
from kiosk.printing.roll import Roll

_LOOK_S = 0.02


class SimulatedPrinter(Mechanism):
    """Listens from `start` to `close` (switched off); what it does is set as on any `Mechanism`, from any thread."""

    def __init__(self, directory: Path, port: int = 0, host: str = "127.0.0.1", width_dots: int = 576) -> None:
        self._roll = Roll(directory, width_dots)
        super().__init__(self._roll.add, width_dots)
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
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
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
            self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        feed, ended = Feed(self), False
        while not (ended or feed.hung_up or self._closing.is_set()):
            if answers := feed.work():
                connection.sendall(answers)
            if not feed.has_room:
                self._closing.wait(_LOOK_S)
            elif select.select([connection], [], [], _LOOK_S)[0]:
                data = connection.recv(BUFFER_BYTES)
                ended = not data
                if answers := feed.receive(data):
                    connection.sendall(answers)
        while ended and feed.waits and not self._closing.is_set():  # what arrived is printed once there is paper
            self._closing.wait(_LOOK_S)
            feed.work()
