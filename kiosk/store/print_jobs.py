"""Print jobs on disk, for the one thread that owns the printer and for screens that say how it went."""

from __future__ import annotations

from typing import Any

from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.print_job import Job, PrintAction, PrintState, after
from kiosk.store.database import Store
from kiosk.store.journal import record

_COLUMNS = "id, ticket_id, state, bytes, sha256, copy, detail"


def _job(row: tuple[Any, ...]) -> Job:
    job_id, ticket_id, state, data, sha256, copy, detail = row
    return Job(job_id, ticket_id, PrintState(state), bytes(data), sha256, copy, detail)


class PrintJobs:
    """The spool's view of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_queued(self) -> Job | None:
        """The oldest job that has not begun, or None."""
        row = self._store.one(f"SELECT {_COLUMNS} FROM print_job WHERE state = 'queued' ORDER BY id LIMIT 1")
        return _job(row) if row else None

    def take(self, job_id: str, action: PrintAction, detail: str = "") -> Job:
        """One step of the table, on disk when this returns; outcomes are journalled in the health lane."""
        with self._store.write():
            row = self._store.one(f"SELECT {_COLUMNS} FROM print_job WHERE id = ?", job_id)
            if row is None:
                raise NotFound(f"cetakan {job_id} tidak ada")
            state = after(_job(row), action)
            self._store.run("UPDATE print_job SET state = ?, detail = ? WHERE id = ?", state.value, detail, job_id)
            if state in (PrintState.UNKNOWN, PrintState.FAILED, PrintState.CONFIRMED):
                body = {"job": job_id, "ticket": row[1], "state": state.value, "detail": detail}
                record(self._store, Lane.HEALTH, f"print.{state.value}", body)
            row = self._store.one(f"SELECT {_COLUMNS} FROM print_job WHERE id = ?", job_id)
            assert row is not None, "the row was read in this transaction"
            return _job(row)

    def recover(self) -> int:
        """After a crash: jobs found half-way become unknown, never queued again; returns how many."""
        half_way = [row[0] for row in self._store.all("SELECT id FROM print_job WHERE state IN ('sending', 'sent')")]
        for job_id in half_way:
            self.take(job_id, PrintAction.BROKEN, "daya atau program terputus saat mencetak")
        return len(half_way)


def forget_paper(store: Store) -> None:
    """Erases what ended jobs had printed, since a slip shows its tracking code; only inside `store.write()`.

    Until the day is over the bytes stay, so that a copy can be made; `sha256` still proves afterwards what was sent.
    """
    store.run("UPDATE print_job SET bytes = x'' WHERE state IN ('confirmed', 'unknown', 'failed') AND bytes <> x''")


def print_state(store: Store, ticket_id: str) -> tuple[PrintState, str] | None:
    """State and detail of a ticket's newest job, or None when nothing was to be printed."""
    row = store.one("SELECT state, detail FROM print_job WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", ticket_id)
    return (PrintState(row[0]), row[1]) if row else None


def counts(store: Store) -> dict[str, int]:
    """How many jobs stand in each state."""
    return dict(store.all("SELECT state, COUNT(*) FROM print_job GROUP BY state"))
