"""Print jobs on disk, for the one thread that owns the printer and for screens that say how it went.

A job belongs to a ticket, a request or a complaint; the column is still called after the first of them.
"""

from __future__ import annotations

import hashlib
from typing import Any

from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from kiosk.core.print_job import Job, PrintAction, PrintState, after
from kiosk.store.database import Store
from kiosk.store.journal import record

COLUMNS = "id, ticket_id, state, bytes, sha256, copy, detail"


def job_of(row: tuple[Any, ...]) -> Job:
    job_id, ticket_id, state, data, sha256, copy, detail = row
    return Job(job_id, ticket_id, PrintState(state), bytes(data), sha256, copy, detail)


class PrintJobs:
    """The spool's view of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_queued(self) -> Job | None:
        """The oldest job that has not begun, or None."""
        row = self._store.one(f"SELECT {COLUMNS} FROM print_job WHERE state = 'queued' ORDER BY id LIMIT 1")
        return job_of(row) if row else None

    def take(self, job_id: str, action: PrintAction, detail: str = "") -> Job:
        """One step of the table, on disk when this returns; outcomes are journalled in the health lane."""
        with self._store.write():
            row = self._store.one(f"SELECT {COLUMNS} FROM print_job WHERE id = ?", job_id)
            if row is None:
                raise NotFound(f"cetakan {job_id} tidak ada")
            state = after(job_of(row), action)
            self._store.run("UPDATE print_job SET state = ?, detail = ? WHERE id = ?", state.value, detail, job_id)
            if state in (PrintState.UNKNOWN, PrintState.FAILED, PrintState.CONFIRMED):
                body = {"job": job_id, "ticket": row[1], "state": state.value, "detail": detail}
                record(self._store, Lane.HEALTH, f"print.{state.value}", body)
            row = self._store.one(f"SELECT {COLUMNS} FROM print_job WHERE id = ?", job_id)
            assert row is not None, "the row was read in this transaction"
            return job_of(row)

    def recover(self) -> int:
        """After a crash: jobs found half-way become unknown, never queued again; returns how many."""
        half_way = [row[0] for row in self._store.all("SELECT id FROM print_job WHERE state IN ('sending', 'sent')")]
        for job_id in half_way:
            self.take(job_id, PrintAction.BROKEN, "daya atau program terputus saat mencetak")
        return len(half_way)


def queue_job(store: Store, subject_id: str, data: bytes, copy: int = 0) -> Job:
    """Queues what is to be printed for a ticket, request or complaint; only inside `store.write()`.

    `data` are the printer's bytes, or values that are drawn later (`kiosk.store.slips.waiting_slip`).
    """
    store.require_write()
    row = store.one("SELECT MAX(id) FROM print_job")
    at_ms = store.now().wall_ms
    job_id = uuid7(at_ms, after=(row[0] or "") if row else "")
    job = Job(job_id, subject_id, PrintState.QUEUED, data, hashlib.sha256(data).hexdigest(), copy)
    store.run(
        "INSERT INTO print_job (id, ticket_id, state, bytes, sha256, copy, queued_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(job.id, subject_id, job.state.value, data, job.sha256, copy, at_ms),
    )
    return job


def forget_paper(store: Store) -> None:
    """Erases what ended jobs had printed, since a slip shows its tracking code; only inside `store.write()`.

    Until the day is over the bytes stay, so that a copy can be made; `sha256` still proves afterwards what was sent.
    """
    store.run("UPDATE print_job SET bytes = x'' WHERE state IN ('confirmed', 'unknown', 'failed') AND bytes <> x''")


def print_state(store: Store, ticket_id: str) -> tuple[PrintState, str] | None:
    """State and detail of a ticket's newest job, or None when nothing was to be printed."""
    row = store.one("SELECT state, detail FROM print_job WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", ticket_id)
    return (PrintState(row[0]), row[1]) if row else None


def prints_of(store: Store, subject_id: str) -> list[Job]:
    """The original and its copies, oldest first, without their bytes: for a screen that says how each went."""
    rows = store.all(
        "SELECT id, ticket_id, state, x'', sha256, copy, detail FROM print_job WHERE ticket_id = ? ORDER BY id",
        subject_id,
    )
    return [job_of(row) for row in rows]


def counts(store: Store) -> dict[str, int]:
    """How many jobs stand in each state."""
    return dict(store.all("SELECT state, COUNT(*) FROM print_job GROUP BY state"))
