"""A job store that walks the product's own table, and a printer that does what a test says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from kiosk.core.errors import PrinterError, PrinterUnreachable
from kiosk.core.print_job import Job, PrintAction, PrintState, after
from kiosk.printing.answers import Proof
from kiosk.printing.status import Paper, PrinterStatus


def queued(name: str, data: bytes) -> Job:
    return Job(name, f"ticket of {name}", PrintState.QUEUED, data, hashlib.sha256(data).hexdigest())


class JobsInMemory:
    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.steps: list[tuple[str, PrintAction]] = []
        self.before_step: Callable[[], None] = lambda: None
        self.after_step: Callable[[], None] = lambda: None

    def add(self, job: Job) -> None:
        self.jobs[job.id] = job

    def state(self, name: str) -> PrintState:
        return self.jobs[name].state

    def next_queued(self) -> Job | None:
        return next((job for job in self.jobs.values() if job.state is PrintState.QUEUED), None)

    def take(self, job_id: str, action: PrintAction, detail: str = "") -> Job:
        self.before_step()
        job = self.jobs[job_id]
        self.jobs[job_id] = msgspec.structs.replace(job, state=after(job, action), detail=detail)
        self.steps.append((job_id, action))
        self.after_step()
        return self.jobs[job_id]

    def recover(self) -> int:
        half_way = [job.id for job in self.jobs.values() if job.state in (PrintState.SENDING, PrintState.SENT)]
        for job_id in half_way:
            self.take(job_id, PrintAction.BROKEN, "terputus")
        return len(half_way)


READY = PrinterStatus(True, Paper.OK, False)


class PrinterOnPaper:
    """Takes what it is given; `takes` says how many bytes of a chunk, None that the connection is gone.

    `unreachable`: it cannot even be opened any more.
    """

    def __init__(self) -> None:
        self.received = bytearray()
        self.reports: PrinterStatus | None = READY
        self.takes: Callable[[bytes], int | None] = len
        self.proves = True
        self.unreachable = False
        self.opened = 0
        self.proof_timeouts_s: list[float] = []

    def write(self, chunk: bytes) -> int:
        if self.unreachable:
            raise PrinterUnreachable("printer tidak tersambung")
        taken = self.takes(chunk)
        if taken is None:
            raise PrinterError("printer terputus")
        self.received += chunk[:taken]
        return taken

    def status(self) -> PrinterStatus:
        if self.reports is None:
            raise PrinterError("printer tidak tersambung")
        self.opened += 1
        return self.reports

    def proof(self, job_id: str, timeout_s: float) -> Proof:
        self.proof_timeouts_s.append(timeout_s)
        return Proof.IN_TURN if self.proves else Proof.NONE

    def close(self) -> None:
        pass
