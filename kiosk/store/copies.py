"""Another print of the same slip, which says on its face that it is one (SALINAN n), asked for by a person by name.

A copy is a job of its own with the original's bytes under a bar, so it can only be made while these are kept: until the
business day is over. How the bar is drawn is the caller's business (`kiosk.printing.slip.copy_of`), and is done before
the transaction: drawing takes milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from kiosk.core.errors import Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.print_job import Job, PrintState
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.print_jobs import COLUMNS, job_of, queue_job
from kiosk.store.slips import is_drawn

MOST_COPIES = 99
_ON_ITS_WAY = (PrintState.QUEUED, PrintState.SENDING, PrintState.SENT)


def queue_copy(store: Store, subject_id: str, officer: str, reason: str, draw: Callable[[bytes, int], bytes]) -> Job:
    """Queues the next copy of what was printed for a ticket, request or complaint; returns after it is on disk.

    `draw` makes the copy's bytes from the original's and the copy's number. The wish is journalled with officer and
    reason. Raises NotFound when nothing was ever to be printed for it, and Conflict in words while the last print is
    still on its way, when its bytes are gone or damaged, or when somebody else asked at the same moment.
    """
    original, number = _next_copy(store, subject_id)
    data = draw(original.bytes, number)
    with store.write():
        if _next_copy(store, subject_id)[1] != number:
            raise Conflict("Salinan lain baru saja diminta: lihat dulu apakah itu yang keluar.")
        job = queue_job(store, subject_id, data, number)
        told = {"job": job.id, "subject": subject_id, "copy": number, "officer": officer, "reason": reason}
        record(store, Lane.SERVICE, "print.copy", told)
        return job


def _next_copy(store: Store, subject_id: str) -> tuple[Job, int]:
    """The original, and which copy of it would be the next."""
    rows = store.all(f"SELECT {COLUMNS} FROM print_job WHERE ticket_id = ? ORDER BY id", subject_id)
    if not rows:
        raise NotFound("Untuk ini tidak pernah ada yang dicetak.")
    jobs = [job_of(row) for row in rows]
    original, newest = jobs[0], jobs[-1]
    if newest.state in _ON_ITS_WAY:
        raise Conflict("Cetakan ini masih di printer: tunggu sampai jelas hasilnya.")
    if not original.bytes:
        raise Conflict("Isi cetakan sudah dihapus karena harinya sudah lewat: salinan tidak dapat dibuat lagi.")
    if not is_drawn(original.bytes) or hashlib.sha256(original.bytes).hexdigest() != original.sha256:
        raise Conflict("Isi cetakan rusak di penyimpanan: tulis nomornya dengan tangan.")
    if newest.copy >= MOST_COPIES:
        raise Conflict(f"Sudah ada {MOST_COPIES} salinan: periksa printer.")
    return original, newest.copy + 1
