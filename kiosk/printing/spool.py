"""The one owner of the printer: takes queued jobs in order and finds out what became of each.

The states and their only table are `kiosk.core.print_job`. The rules that this module keeps:
- *sending* is on disk before the first byte leaves, so a crash leaves a job that `recover` calls unknown;
- before the first byte, a printer that is out of reach or of paper makes the job wait, queued, for as long as it takes;
- after the first byte nothing is ever sent twice. A stalled printer is given time to get paper and the *same* stream
  goes on; then the job is unknown and a person decides about a copy;
- a printer that proves (GS r answered behind the data) confirms; silence is unknown, and no error of ours.
It knows no SQL and no wire: both come in through protocols.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

import msgspec

from kiosk.core.errors import KentonganError, PrinterError
from kiosk.core.print_job import Job, PrintAction
from kiosk.printing.printer import Printer
from kiosk.printing.status import UNKNOWN, PrinterStatus, unreachable

log = logging.getLogger(__name__)


class JobStore(Protocol):
    """The jobs on disk; `kiosk.store.print_jobs.PrintJobs` in the product."""

    def next_queued(self) -> Job | None:
        """The oldest job that has not begun, or None."""
        ...

    def take(self, job_id: str, action: PrintAction, detail: str = "") -> Job:
        """One step of the table, on disk when this returns."""
        ...

    def recover(self) -> int:
        """Jobs found half-way become unknown; how many."""
        ...


class Pace(msgspec.Struct, frozen=True):
    """The spool's patience."""

    chunk_bytes: int = 1024  # a network printer's buffer is 4 kB or more; small pieces tell exactly what it took
    proof_timeout_s: float = 10.0  # a ticket takes about a second; ten leave room for a printer that cools its head
    silent_proof_timeout_s: float = 0.5  # for one that did not answer the status question either
    stall_limit_s: float = 300.0  # time for an officer to put paper into a printer that stopped in mid-ticket
    retry_s: float = 2.0
    idle_status_s: float = 30.0


USUAL_PACE = Pace()


class Outcome(Enum):
    """What one turn of the spool did."""

    IDLE = auto()
    WAITING = auto()
    DONE = auto()


class Spooler:
    """Run it in one thread; `status` and `waiting_because` may be read from any other."""

    def __init__(
        self,
        store: JobStore,
        printer: Printer,
        pace: Pace = USUAL_PACE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._printer, self._pace, self._monotonic = store, printer, pace, monotonic
        self.status: PrinterStatus = UNKNOWN
        self.waiting_because = ""

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Until `stop` is set; set `wake` after queueing a job, and with `stop`. Errors are logged and outlived."""
        try:
            self._run(stop, wake)
        finally:
            self._printer.close()

    def _run(self, stop: threading.Event, wake: threading.Event) -> None:
        recover_first = True
        looked_at = self._monotonic() - self._pace.idle_status_s
        while not stop.is_set():
            try:
                if recover_first:
                    self._store.recover()
                    recover_first = False
                outcome = self.run_once(stop)
                if outcome is Outcome.IDLE and self._monotonic() - looked_at >= self._pace.idle_status_s:
                    looked_at = self._monotonic()
                    self.look()
                    self._printer.close()
            except KentonganError:  # the store's trouble; the thread must outlive it, and no job may stay half-way
                log.exception("print spool stumbled", extra={"event": "print.error"})
                outcome, recover_first = Outcome.WAITING, True
            if outcome is not Outcome.DONE:
                wake.wait(self._pace.retry_s)
                wake.clear()

    def look(self) -> PrinterStatus:
        """Asks the printer how it is and remembers it."""
        try:
            self.status = self._printer.status()
        except PrinterError as error:
            self.status = unreachable(str(error))
        return self.status

    def run_once(self, stop: threading.Event | None = None) -> Outcome:
        """At most one job, to its end. Raises only what the store raises."""
        job = self._store.next_queued()
        if job is None:
            self.waiting_because = ""
            return Outcome.IDLE
        if hashlib.sha256(job.bytes).hexdigest() != job.sha256:
            self._store.take(job.id, PrintAction.REFUSED, "isi cetakan rusak di penyimpanan")
            return Outcome.DONE
        self.waiting_because = self.look().obstacle
        if self.waiting_because:
            self._printer.close()
            return Outcome.WAITING
        try:
            return self._print(job, stop)
        finally:
            self._printer.close()  # a kept connection would hide that the printer was switched off in between

    def _print(self, job: Job, stop: threading.Event | None) -> Outcome:
        self._store.take(job.id, PrintAction.START)
        sent_bytes, trouble = self._send(job.bytes, stop)
        if sent_bytes == 0:
            self._store.take(job.id, PrintAction.REFUSED, trouble)
            self.waiting_because = trouble
            return Outcome.WAITING
        if trouble:
            told = f"{trouble} setelah {sent_bytes} dari {len(job.bytes)} byte"
            self._store.take(job.id, PrintAction.BROKEN, told)
            return Outcome.DONE
        self._store.take(job.id, PrintAction.WRITTEN)
        proven, why_not = self._proof()
        self._store.take(job.id, PrintAction.PROVEN if proven else PrintAction.SILENT, why_not)
        return Outcome.DONE

    def _send(self, data: bytes, stop: threading.Event | None) -> tuple[int, str]:
        """Bytes that left, and what broke off; empty when all left."""
        sent_bytes, progress_at = 0, self._monotonic()
        while sent_bytes < len(data):
            try:
                taken = self._printer.write(data[sent_bytes : sent_bytes + self._pace.chunk_bytes])
            except PrinterError as error:
                return sent_bytes, str(error)
            if taken:
                sent_bytes, progress_at = sent_bytes + taken, self._monotonic()
            elif stop is not None and stop.is_set():
                return sent_bytes, "layanan dihentikan"
            elif sent_bytes == 0 or self._monotonic() - progress_at >= self._pace.stall_limit_s:
                return sent_bytes, "printer tidak menerima data"
            else:
                self.waiting_because = "printer berhenti di tengah tiket: periksa kertas"
        self.waiting_because = ""
        return sent_bytes, ""

    def _proof(self) -> tuple[bool, str]:
        timeout_s = self._pace.proof_timeout_s if self.status.answered else self._pace.silent_proof_timeout_s
        try:
            return (True, "") if self._printer.proof(timeout_s) else (False, "printer tidak memberi bukti cetak")
        except PrinterError as error:
            return False, str(error)
