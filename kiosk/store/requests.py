"""Requests on disk: what the resident wrote only as an envelope that this machine cannot open.

Request, journal row and key commit together; the journal carries the same envelope to the central.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import track_hash, uuid7
from kiosk.core.request import REQUEST_ENDED, RequestAction, RequestState, ServiceRequest, after
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.print_jobs import queue_job
from kiosk.store.room import require_room
from kiosk.store.submissions import Slip, Submission, known, remember, require_key
from kiosk.store.tickets import open_day, today

Seal = Callable[[str], bytes]


def submit(store: Store, service: str, seal: Seal, key: str, utc_offset_h: int, slip: Slip | None = None) -> Submission:
    """Commits a request and its print job; returns after they are on disk. The same key again gives the same request
    and no more paper.

    `seal` makes the envelope for the case's id, `slip` what is printed, nothing without it. Raises BadInput for a bad
    key, Conflict for one that brought something else, NoRoom when only the reserve of the disk is left.
    """
    require_key(key)
    case_id = uuid7(store.now().wall_ms)
    sealed = seal(case_id)
    with store.write():
        if (before := known(store, key, "request")) is not None:
            return before
        require_room(store)
        day = open_day(store, utc_offset_h)
        submission = remember(store, key, "request", case_id)
        hashed, at_ms = track_hash(submission.track), store.now().wall_ms
        store.run(
            "INSERT INTO request (id, service, state, track_hash, submitted_ms, sealed, day, changed_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(case_id, service, RequestState.SUBMITTED.value, hashed, at_ms, sealed, day, at_ms),
        )
        body = {"id": case_id, "service": service, "track_hash": hashed}
        record(store, Lane.SERVICE, "request.submitted", {**body, "sealed": base64.b64encode(sealed).decode()})
        if slip is not None:
            queue_job(store, case_id, slip(submission, at_ms))
        return submission


def advance_request(store: Store, case_id: str, action: RequestAction, officer: str, note: str = "") -> ServiceRequest:
    """Moves a request one step; on disk when it returns. `note` is what its resident reads, and is never journalled.

    Raises NotFound, or BadTransition when the table has no such step.
    """
    with store.write():
        request, before = find_request(store, case_id)
        state = after(request, action)
        ended_day = today(store) if state in REQUEST_ENDED else None
        store.run(
            "UPDATE request SET state = ?, note = ?, changed_ms = ?, ended_day = ? WHERE id = ?",
            *(state.value, note or before, store.now().wall_ms, ended_day, case_id),
        )
        body = {"id": case_id, "state": state, "from": request.state, "by": officer}
        record(store, Lane.SERVICE, "request.changed", body)
        return find_request(store, case_id)[0]


def find_request(store: Store, case_id: str) -> tuple[ServiceRequest, str]:
    """The request and what an officer wrote to its resident. Raises NotFound."""
    row = store.one("SELECT id, service, state, submitted_ms, note FROM request WHERE id = ?", case_id)
    if row is None:
        raise NotFound("permohonan ini tidak ada di sini")
    return ServiceRequest(row[0], row[1], RequestState(row[2]), row[3]), row[4]


def envelope_of(store: Store, case_id: str) -> bytes | None:
    """What the resident wrote, sealed; None when it was erased. Raises NotFound."""
    row = store.one("SELECT sealed FROM request WHERE id = ?", case_id)
    if row is None:
        raise NotFound("permohonan ini tidak ada di sini")
    return None if row[0] is None else bytes(row[0])


def recent_requests(store: Store, limit: int = 200) -> list[ServiceRequest]:
    """Newest first."""
    rows = store.all("SELECT id, service, state, submitted_ms FROM request ORDER BY id DESC LIMIT ?", limit)
    return [ServiceRequest(row[0], row[1], RequestState(row[2]), row[3]) for row in rows]
