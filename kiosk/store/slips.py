"""Print jobs that wait as values and become bytes only when the printer's owner takes them.

Drawing a ticket takes some 15 ms, a hundred times longer than committing it, so it must not happen inside the write
transaction nor before the resident sees the number. A job is queued as the slip's values behind a mark that no printer
job can begin with; here they are rendered once, the bytes and their hash stored, and only then given to the spool: what
is on disk when the first byte leaves is what is sent. How a slip is drawn is the caller's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from kiosk.core.errors import BadInput
from kiosk.core.print_job import Job, PrintAction
from kiosk.store.database import Store
from kiosk.store.print_jobs import PrintJobs

_DETAIL_LIMIT = 200
_MARK = b"slip:"  # a rendered job begins with ESC @


def waiting_slip(values: bytes) -> bytes:
    """What to queue for a slip that is drawn later."""
    return _MARK + values


def is_drawn(data: bytes) -> bool:
    """Whether these are bytes for the printer already, and not the values of a slip."""
    return not data.startswith(_MARK)


class SlipJobs(PrintJobs):
    """The spool's view of the store, in which every job that it sees is rendered."""

    def __init__(self, store: Store, render: Callable[[bytes], bytes]) -> None:
        super().__init__(store)
        self._render = render

    def next_queued(self) -> Job | None:
        """The oldest job that has not begun, rendered and on disk as such; None when nothing waits.

        A job that was damaged on disk is given as it is: the spool refuses it by its hash. One whose values nobody
        understands (they were queued by another release) is refused here, so that it holds up no other.
        """
        while (job := super().next_queued()) is not None:
            if is_drawn(job.bytes) or hashlib.sha256(job.bytes).hexdigest() != job.sha256:
                return job
            try:
                return self._rendered(job)
            except BadInput as error:
                self.take(job.id, PrintAction.REFUSED, str(error)[:_DETAIL_LIMIT])
        return None

    def _rendered(self, job: Job) -> Job:
        data = self._render(job.bytes.removeprefix(_MARK))
        rendered = msgspec.structs.replace(job, bytes=data, sha256=hashlib.sha256(data).hexdigest())
        with self._store.write():
            self._store.run(
                "UPDATE print_job SET bytes = ?, sha256 = ? WHERE id = ? AND state = 'queued'",
                *(rendered.bytes, rendered.sha256, job.id),
            )
        return rendered
