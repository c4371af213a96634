"""The modem's serial port: found, opened exclusively, read without waiting longer than said, opened again for ever.

A USB modem that resets vanishes and comes back under another name. SerialException, OSError and termios.error (which is
no OSError) all mean that it is gone, and become ModemLost here. Pauses between attempts grow from 0.25 s to 5 s, with
jitter. What the bytes mean is `dialogue`.
"""

from __future__ import annotations

import logging
import random
import termios
from collections.abc import Callable

import serial

from firmware_bridge.modem.device import DeviceSearch
from kiosk.core.errors import KentonganError
from kiosk.core.modem_settings import ModemSettings

READ_S = 0.1  # how long a read waits at most, and so how soon an order is seen
WRITE_S = 5.0  # a frame takes 0.04 s at 115,200 baud; a port that takes nothing for so long is lost
BACK_OFF_FIRST_S, BACK_OFF_LAST_S = 0.25, 5.0
_GONE = (serial.SerialException, OSError, termios.error)

log = logging.getLogger("bridge.modem")


class ModemLost(KentonganError, OSError):
    """The port is gone; it is opened again."""

    code = "modem"
    http_status = 503


class SerialLine:
    """Used by the modem's own thread."""

    def __init__(self, settings: ModemSettings, jitter: Callable[[], float] = random.random) -> None:
        self._baud = settings.baud
        self._search = DeviceSearch(settings.devices)
        self._jitter = jitter
        self._port: serial.Serial | None = None
        self._failures = 0

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def open(self) -> str | None:
        """The name of the device that is open now; None when there is none to be had at this moment."""
        name = self._search.next()
        if name is None:
            return None
        try:
            self._port = serial.Serial(name, self._baud, timeout=READ_S, write_timeout=WRITE_S, exclusive=True)
        except _GONE as error:
            self._search.refuse(name)
            log.warning("modem could not be opened", extra={"device": name, "error": str(error)})
            return None
        log.info("modem port opened", extra={"device": name})
        return name

    def write(self, data: bytes) -> None:
        """Returns when the kernel has taken all of it. Raises ModemLost; the port is to be closed then."""
        if self._port is None:
            raise ModemLost("modem tidak terhubung")
        try:
            self._port.write(data)
        except _GONE as error:
            raise ModemLost(f"modem terputus: {error}") from error

    def read(self) -> bytes:
        """What has come, waiting at most 0.1 s. Raises ModemLost as `write` does."""
        if self._port is None:
            raise ModemLost("modem tidak terhubung")
        try:
            return self._port.read(max(1, self._port.in_waiting))  # read(256) would wait its whole time-out
        except _GONE as error:
            raise ModemLost(f"modem terputus: {error}") from error

    def drop_dtr(self) -> None:
        """Takes DTR away until the port is opened again; on a line that has none, closing is all that can be done."""
        if self._port is None:
            return
        try:
            self._port.dtr = False
        except _GONE as error:
            log.info("line has no DTR", extra={"device": self._port.name, "error": str(error)})

    def close(self, has_answered: bool, why: str) -> None:
        """Lets go of the port. One at which nothing answered is tried again only after all others."""
        port, self._port = self._port, None
        if port is None:
            return
        log.warning("modem port closed", extra={"device": port.name, "why": why})
        if has_answered:
            self._failures = 0
        else:
            self._search.refuse(str(port.name))
        try:
            port.close()
        except _GONE as error:  # gone already
            log.info("modem port did not close", extra={"device": port.name, "error": str(error)})

    def pause_s(self) -> float:
        """How long to wait before the next `open`; longer each time, until a modem has answered."""
        whole = min(BACK_OFF_LAST_S, BACK_OFF_FIRST_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return max(BACK_OFF_FIRST_S, whole * (0.5 + self._jitter() / 2))
