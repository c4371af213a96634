"""Prints one ticket in processes that are killed (SIGKILL) in the middle of it, as a power cut would.

    python -m tests.printing.dying FOLDER PORT   one process for each SQL statement and each write to the printer,
                                                 killed just before it; each works in FOLDER/1, FOLDER/2 …; ends when
                                                 one came to its end

It forks, so that a death costs milliseconds; a script of its own, because a test's process has threads.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from kiosk.core.clock import ManualClock
from kiosk.core.printer_settings import PrinterSettings
from kiosk.printing.answers import Proof
from kiosk.printing.printer import Printer, open_printer
from kiosk.printing.sending import Pace
from kiosk.printing.spool import Outcome, Spooler
from kiosk.printing.status import PrinterStatus
from kiosk.store import tickets
from kiosk.store.database import open_store
from kiosk.store.print_jobs import PrintJobs
from tests.store.dying import die_before

PACE = Pace(chunk_bytes=100)


def job_of(name: str) -> bytes:
    """A small ticket that is told apart from the others."""
    return b"\x1b@\x1bt\x00<" + name.encode() + b">\n\x1dv0\x00\x08\x00\x20\x00" + bytes(256) + b"\x1dVB\x00"


class Moments:
    """Counts what happens; the statement counter of the store dies by itself, this one at each write."""

    def __init__(self, fatal: int) -> None:
        self._fatal, self._passed = fatal, 0

    def pass_one(self) -> None:
        self._passed += 1
        if self._passed == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingPrinter:
    """The real printer, with a moment before each write."""

    def __init__(self, printer: Printer, moments: Moments) -> None:
        self._printer, self._moments = printer, moments

    def write(self, chunk: bytes) -> int:
        self._moments.pass_one()
        return self._printer.write(chunk)

    def status(self) -> PrinterStatus:
        return self._printer.status()

    def proof(self, job_id: str, timeout_s: float) -> Proof:
        self._moments.pass_one()
        return self._printer.proof(job_id, timeout_s)

    def close(self) -> None:
        self._printer.close()


def print_all(folder: Path, port: int, fatal_write: int = 0) -> None:
    """What a kiosk's print thread does from its start until nothing waits."""
    store = open_store(folder / "kiosk.db", ManualClock())
    real = open_printer(PrinterSettings(connection="network", host="127.0.0.1", port=port))
    spooler = Spooler(PrintJobs(store), DyingPrinter(real, Moments(fatal_write)), PACE)
    spooler.recover()
    while spooler.run_once() is Outcome.DONE:
        pass
    store.close()


def queue_one(folder: Path) -> None:
    shutil.copytree(folder.parent / "template", folder)
    store = open_store(folder / "kiosk.db", ManualClock())
    tickets.issue(store, "usaha", "A", 7, None, lambda _: job_of(folder.name))
    store.close()


def at_every(arm: Callable[[int, Path], None], first: int, folder: Path) -> int:
    """Forks until one process comes to its end; the number of the next folder."""
    for moment in count(1):
        mine = folder / str(first + moment - 1)
        queue_one(mine)
        child = os.fork()
        if child == 0:
            arm(moment, mine)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                sys.exit(os.WEXITSTATUS(status))
            return first + moment
    raise AssertionError("it never came to its end")


def main(folder: Path, port: int) -> None:
    def before_a_statement(moment: int, mine: Path) -> None:
        die_before(moment)
        print_all(mine, port)

    def before_a_write(moment: int, mine: Path) -> None:
        print_all(mine, port, moment)

    at_every(before_a_write, at_every(before_a_statement, 1, folder), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
