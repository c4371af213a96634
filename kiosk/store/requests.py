"""Requests on disk: what the resident wrote only as an envelope that this machine cannot open.

Request, journal row and key commit together; the journal carries the same envelope to the central.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import track_hash, uuid7
from kiosk.core.request import RequestState, ServiceRequest
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.room import require_room
from kiosk.store.submissions import Submission, known, remember, require_key
from kiosk.store.tickets import open_day

Seal = Callable[[str], bytes]


def submit(store: Store, service: str, seal: Seal, key: str, utc_offset_h: int) -> Submission:
    """Commits a request; returns after it is on disk. The same key again gives the same request.

    `seal` makes the envelope for the case's id. Raises BadInput for a bad key, Conflict for one that brought something
    else, NoRoom when only the reserve of the disk is left.
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
        return submission


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
