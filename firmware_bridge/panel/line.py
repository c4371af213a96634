"""The serial port of the panel board: USB CDC or an adapter at 115200 baud. Everything but the port itself is
`firmware_bridge.line`.

Ports vanish and come back under another name, so what is opened is a pattern, looked up anew at each attempt; when it
fits several ports each gets its turn, and one on which no board greets is left after five seconds. That a port is gone
is said by `SerialException`, by `OSError`, of which it is one, and by `termios.error`, which is none; all mean the same
here. A read asks for what is waiting, since pyserial's read for more waits its whole time-out; and a write goes to the
kernel itself, since pyserial's turns in a loop for as long as there is no room, time-out or not.
"""

from __future__ import annotations

import logging
import os
import random
import select
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob

import serial

from firmware_bridge.box_session import BoxSession
from firmware_bridge.condition import Condition
from firmware_bridge.line import Line
from firmware_bridge.panel.codec import PanelCodec
from kiosk.core.clock import Clock

BAUD = 115_200  # an adapter's; USB CDC takes any

log = logging.getLogger("bridge.panel")


class PanelLine(Line):
    """An `EdgeSource` and an `Outputs`. `ports` is a path or a pattern, as the shell has it."""

    def __init__(
        self,
        ports: str,
        clock: Clock,
        record: Callable[[Condition], bool],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(SerialWire(ports), BoxSession(PanelCodec()), clock, jitter, record)


class SerialWire:
    """A `Wire`."""

    def __init__(self, ports: str) -> None:
        self._ports = ports
        self._turn = 0
        self._port: serial.Serial | None = None

    def open(self) -> None:
        found = sorted(glob(self._ports))
        if not found:
            raise FileNotFoundError(f"no serial port is called {self._ports}")
        name = found[self._turn % len(found)]
        self._turn += 1
        with _gone_is_an_os_error():
            self._port = serial.Serial(name, BAUD, timeout=0, write_timeout=0, exclusive=True)
        log.info("panel port is open", extra={"port": name})

    def read(self, timeout_s: float) -> bytes:
        port = self._opened()
        with _gone_is_an_os_error():
            ready, _, _ = select.select([port.fileno()], [], [], timeout_s)
            return port.read(max(1, port.in_waiting)) if ready else b""

    def write(self, data: bytes) -> int:
        port = self._opened()
        with _gone_is_an_os_error():
            try:
                return os.write(port.fileno(), data)
            except BlockingIOError:
                return 0

    def close(self) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            with _gone_is_an_os_error():
                port.close()
        except OSError as error:  # it was gone already; there is nothing left to give back
            log.info("panel port could not be closed", extra={"error": str(error)})

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise ConnectionError("the panel board is not connected")
        return self._port


@contextmanager
def _gone_is_an_os_error() -> Iterator[None]:
    try:
        yield
    except termios.error as error:
        raise OSError(*error.args) from error
