"""The one owner of the printer: takes queued jobs in order and finds out what became of each.

The states and their only table are `kiosk.core.print_job`. The rules that this module keeps:
- *sending* is on disk before the first byte leaves, so a crash leaves a job that `recover` calls unknown;
- before the first byte, a printer that is out of reach or of paper makes the job wait, queued, for as long as it takes;
- after the first byte nothing is ever sent twice. A stalled printer is given time to get paper and the *same* stream
  goes on; then the job is unknown and a person decides about a copy;
- a printer that proves (GS ( H or GS r, answered behind the data) confirms; silence is unknown, and no error of ours;
- after a ticket that broke off, here or in an earlier life, `interrupted` goes before the next one.
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

from kiosk.core.errors import KentonganError, PrinterError
from kiosk.core.print_job import Job, PrintAction
from kiosk.printing.answers import Proof
from kiosk.printing.interrupted import CUT_OFF, FILLING, HEAD_FILLING
from kiosk.printing.printer import Printer
from kiosk.printing.sending import USUAL_PACE, Pace, Sent, send
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
        told: Callable[[PrinterStatus], None] = lambda _: None,
    ) -> None:
        """`told` hears what every look at the printer found."""
        self._store, self._printer, self._pace, self._monotonic, self._told = store, printer, pace, monotonic, told
        self._before_next = b""
        self.status: PrinterStatus = UNKNOWN
        self.waiting_because = ""

    def recover(self) -> None:
        """Call it before the first job: what an earlier life left half-way is unknown, and may hang in the printer."""
        if self._store.recover():
            self._before_next = CUT_OFF

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
                    self.recover()
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
            if self._before_next:
                self._printer.write(HEAD_FILLING)
            self.status = self._printer.status()
        except PrinterError as error:
            self.status = unreachable(str(error))
        self._told(self.status)
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
            return self._print(job, stop) if self._clear_way(stop) else Outcome.WAITING
        finally:
            self._printer.close()  # a kept connection would hide that the printer was switched off in between

    def _clear_way(self, stop: threading.Event | None) -> bool:
        """Makes a printer in which half a ticket may hang ready for the next; False while that cannot be done."""
        if self._before_next:
            trouble = self._send(self._before_next, stop).trouble
            self.waiting_because = trouble
            if trouble:
                return False
            self._before_next = b""
        return True

    def _print(self, job: Job, stop: threading.Event | None) -> Outcome:
        self._store.take(job.id, PrintAction.START)
        sent = self._send(job.bytes, stop)
        if not sent.begun:
            self._store.take(job.id, PrintAction.REFUSED, sent.trouble)
            self.waiting_because = sent.trouble
            return Outcome.WAITING
        if sent.trouble:
            self._before_next = CUT_OFF
            told = f"{sent.trouble} setelah {sent.sent_bytes} dari {len(job.bytes)} byte"
            self._store.take(job.id, PrintAction.BROKEN, told)
            return Outcome.DONE
        self._store.take(job.id, PrintAction.WRITTEN)
        try:
            proof = self._printer.proof(job.id, self._proof_timeout_s())
        except PrinterError as error:
            self._before_next = CUT_OFF
            self._store.take(job.id, PrintAction.BROKEN, str(error))
            return Outcome.DONE
        if proof is Proof.NONE:
            self._before_next = FILLING if self.status.answered else b""  # bytes may have been lost on the way
            self._store.take(job.id, PrintAction.SILENT, "printer tidak memberi bukti cetak")
        else:
            halted = "; printer sempat berhenti di tengah tiket, kertas mungkin terpotong" if sent.halted else ""
            self._store.take(job.id, PrintAction.PROVEN, f"bukti: {proof}{halted}")
        return Outcome.DONE

    def _send(self, data: bytes, stop: threading.Event | None) -> Sent:
        sent = send(self._printer, data, self._pace, self._monotonic, stop, self._halted)
        self.waiting_because = ""
        return sent

    def _halted(self) -> None:
        self.waiting_because = "printer berhenti di tengah tiket: periksa kertas"

    def _proof_timeout_s(self) -> float:
        return self._pace.proof_timeout_s if self.status.answered else self._pace.silent_proof_timeout_s
