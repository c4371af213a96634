"""The emulated modem behind a real pseudo-terminal, under a name that can vanish and come back as another.

The host opens it like any serial port. A pseudo-terminal has no DTR: closing the port, which drops DTR on a real one,
stands for it. `EmulatedPower` is the modem's power pin.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_bridge.modem.emulator import EmulatedModem

_TURN_S = 0.01
_CHUNK_BYTES = 4_096


class EmulatedLine:
    """Runs in a thread of its own from the start until it is closed. Names are files in `folder`."""

    def __init__(self, modem: EmulatedModem, folder: Path) -> None:
        self._modem, self._folder = modem, folder
        self._lock = threading.Lock()
        self._master: int | None = None
        self._link: Path | None = None
        self._is_open = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulated-modem", daemon=True)
        self._thread.start()

    @contextmanager
    def modem(self) -> Iterator[EmulatedModem]:
        """The modem and its world, held still while it is looked at or changed."""
        with self._lock:
            yield self._modem

    def now_ms(self) -> int:
        """The modem's own clock."""
        return time.monotonic_ns() // 1_000_000

    def plug(self, name: str) -> Path:
        """Puts the modem in under `name`; gives the path to open."""
        master, slave = os.openpty()
        tty.setraw(slave)
        link = self._folder / name
        link.symlink_to(os.ttyname(slave))
        os.close(slave)
        os.set_blocking(master, False)
        with self._lock:
            self._master, self._link, self._is_open = master, link, False
        return link

    def unplug(self) -> None:
        """Takes it out: the host's port is dead, and the name is gone."""
        with self._lock:
            if self._master is not None:
                os.close(self._master)
            if self._link is not None:
                self._link.unlink()
            self._master = self._link = None

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self.unplug()

    def _run(self) -> None:
        while not self._closing.wait(_TURN_S):
            with self._lock:
                if self._master is not None:
                    self._turn(self._master)

    def _turn(self, master: int) -> None:
        try:
            data = os.read(master, _CHUNK_BYTES) if select.select([master], [], [], 0)[0] else b""
            self._is_open = self._is_open or bool(data)
            self._modem.receive(data, self.now_ms())
            if answer := self._modem.outgoing(self.now_ms()):
                os.write(master, answer)
        except BlockingIOError:
            return  # nobody reads; the kernel's buffer is full, and a real modem's would be too
        except OSError:  # the host has closed its end
            if self._is_open:
                self._modem.dtr_dropped()
            self._is_open = False


class EmulatedPower:
    """A `PowerPin` that cuts the emulated modem's power."""

    def __init__(self, line: EmulatedLine) -> None:
        self._line = line
        self.cuts = 0

    def cut(self) -> None:
        self.cuts += 1
        with self._line.modem() as modem:
            modem.power_cut(self._line.now_ms())

    def close(self) -> None:
        """Nothing to let go of."""
