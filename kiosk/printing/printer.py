"""What a printer is to the spool, and how each kind of connection is opened: network (9100), file, serial, usb, none.

Decision: `usb` is the kernel's own driver (usblp, /dev/usb/lp*): it needs no root, detaches nothing, answers status and
tells how many bytes it took, none of which libusb does. Writing and reading is `wire`, the conversation `wired`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import serial

from kiosk.core.errors import PrinterUnreachable
from kiosk.core.printer_settings import PrinterSettings
from kiosk.printing.answers import Proof
from kiosk.printing.status import PrinterStatus, unreachable
from kiosk.printing.wire import DescriptorWire, Line
from kiosk.printing.wired import USUAL_TIMEOUTS, Timeouts, WiredPrinter

USB_PRINTERS = Path("/dev/usb")  # where udev puts what usblp drives
_CONNECT_TIMEOUT_S = 3.0  # a printer on the office LAN answers in milliseconds, one that just woke in two seconds


class Printer(Protocol):
    """What the spool needs of a printer. Every method may raise PrinterError: the connection is then closed."""

    def write(self, chunk: bytes) -> int:
        """Bytes taken, in order, from the start of `chunk`; 0 when none was within the time-out."""
        ...

    def status(self) -> PrinterStatus:
        """What the printer says about itself now; all unknown when it says nothing. Opens the connection."""
        ...

    def proof(self, job_id: str, timeout_s: float) -> Proof:
        """Asks, behind everything written, for an answer that comes only after it was processed; NONE for silence."""
        ...

    def close(self) -> None:
        """Lets go of the connection; the next use opens it again."""
        ...


class NoPrinter:
    """A kiosk without a printer: it says so, and takes nothing."""

    def write(self, chunk: bytes) -> int:
        """Always raises."""
        raise PrinterUnreachable("kiosk ini tidak mempunyai printer")

    def status(self) -> PrinterStatus:
        """Not online."""
        return unreachable("kiosk ini tidak mempunyai printer")

    def proof(self, job_id: str, timeout_s: float) -> Proof:
        """Never."""
        return Proof.NONE

    def close(self) -> None:
        """Nothing to let go of."""


def open_printer(settings: PrinterSettings, timeouts: Timeouts = USUAL_TIMEOUTS) -> Printer:
    """The printer of the settings; nothing is connected before it is used."""
    connect: Callable[[], Line]
    match settings.connection:
        case "none":
            return NoPrinter()
        case "network":
            connect = partial(_network, settings.host, settings.port)
        case "serial":
            connect = partial(_serial, settings)
        case "file":
            connect = partial(_file, Path(settings.path))
        case "usb":
            connect = partial(_usb, settings.path)
    return WiredPrinter(DescriptorWire(connect), settings.proof, timeouts)


def _network(host: str, port: int) -> Line:
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S)
    except OSError as error:
        raise PrinterUnreachable(f"printer {host}:{port} tidak tersambung: {error.strerror or error}") from error
    connection.setblocking(False)
    return Line(connection.fileno(), True, connection.close)


def _serial(settings: PrinterSettings) -> Line:
    try:
        port = serial.Serial(
            settings.path,
            settings.baud,
            timeout=0,
            rtscts=settings.flow_control == "rts_cts",
            xonxoff=settings.flow_control == "xon_xoff",
            exclusive=True,  # two writers on one line would weave their tickets into each other
        )
    except (OSError, ValueError) as error:
        raise PrinterUnreachable(f"printer serial {settings.path} tidak dapat dibuka: {error}") from error
    return Line(port.fileno(), True, port.close)


def _file(path: Path, create: bool = True) -> Line:
    """A device is opened both ways; a plain file is appended to and, below /dev, never created in a printer's place."""
    try:
        if path.is_char_device():
            descriptor, can_answer = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY), True
        else:
            made = os.O_CREAT if create and not path.is_relative_to("/dev") else 0
            descriptor, can_answer = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | made, 0o640), False
    except OSError as error:
        raise PrinterUnreachable(f"printer {path} tidak dapat dibuka: {error.strerror or error}") from error
    return Line(descriptor, can_answer, lambda: os.close(descriptor))


def _usb(path: str) -> Line:
    found = [Path(path)] if path else sorted(USB_PRINTERS.glob("lp*"))
    if len(found) != 1:
        raise PrinterUnreachable(
            f"{len(found)} printer USB ditemukan di {USB_PRINTERS}: sambungkan satu, atau tulis path-nya"
        )
    return _file(found[0], create=False)
