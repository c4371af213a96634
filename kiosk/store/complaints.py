"""Complaints on disk, sealed like requests; the clock of their promise starts with the commit."""

from __future__ import annotations

import base64
from typing import Any

from kiosk.core.complaint import (
    ANSWERS,
    COMPLAINT_ENDED,
    Complaint,
    ComplaintAction,
    ComplaintKind,
    ComplaintState,
    after,
)
from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import track_hash, uuid7
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.requests import Seal
from kiosk.store.room import require_room
from kiosk.store.submissions import Submission, known, remember, require_key
from kiosk.store.tickets import open_day, today

HOUR_MS = 3_600_000
_COLUMNS = "id, kind, topic, state, filed_ms, due_ms, answered_ms, anonymous, note"


def file_complaint(
    store: Store,
    kind: ComplaintKind,
    topic: str,
    anonymous: bool,
    seal: Seal,
    key: str,
    promise_h: int,
    utc_offset_h: int,
) -> Submission:
    """Commits a complaint; returns after it is on disk. The same key again gives the same one. Raises as `submit`."""
    require_key(key)
    case_id = uuid7(store.now().wall_ms)
    sealed = seal(case_id)
    with store.write():
        if (before := known(store, key, "complaint")) is not None:
            return before
        require_room(store)
        day = open_day(store, utc_offset_h)
        submission = remember(store, key, "complaint", case_id)
        hashed, at_ms = track_hash(submission.track), store.now().wall_ms
        due_ms = at_ms + promise_h * HOUR_MS
        store.run(
            "INSERT INTO complaint (id, kind, topic, state, track_hash, filed_ms, due_ms, changed_ms, anonymous,"
            " sealed, day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(case_id, kind.value, topic, ComplaintState.FILED.value, hashed, at_ms, due_ms, at_ms, anonymous, sealed),
            day,
        )
        body = {"id": case_id, "complaint": kind, "topic": topic, "anonymous": anonymous, "track_hash": hashed}
        body["promise_h"] = promise_h
        record(store, Lane.SERVICE, "complaint.filed", {**body, "sealed": base64.b64encode(sealed).decode()})
        return submission


def advance_complaint(store: Store, case_id: str, action: ComplaintAction, officer: str, note: str = "") -> Complaint:
    """Moves a complaint one step; on disk when it returns. `note` is what its reporter reads.

    Raises NotFound, or BadTransition when the table has no such step.
    """
    with store.write():
        complaint = find_complaint(store, case_id)
        state, at_ms = after(complaint, action), store.now().wall_ms
        answered_ms = complaint.answered_ms or (at_ms if state in ANSWERS else None)
        ended_day = today(store) if state in COMPLAINT_ENDED else None
        store.run(
            "UPDATE complaint SET state = ?, answered_ms = ?, changed_ms = ?, ended_day = ?, note = ? WHERE id = ?",
            *(state.value, answered_ms, at_ms, ended_day, note or complaint.note, case_id),
        )
        body = {"id": case_id, "state": state, "from": complaint.state, "by": officer}
        record(store, Lane.SERVICE, "complaint.changed", body)
        return find_complaint(store, case_id)


def find_complaint(store: Store, case_id: str) -> Complaint:
    """Raises NotFound."""
    row = store.one(f"SELECT {_COLUMNS} FROM complaint WHERE id = ?", case_id)
    if row is None:
        raise NotFound("aduan ini tidak ada di sini")
    return _complaint(row)


def recent_complaints(store: Store, limit: int = 200) -> list[Complaint]:
    """Newest first."""
    return [_complaint(row) for row in store.all(f"SELECT {_COLUMNS} FROM complaint ORDER BY id DESC LIMIT ?", limit)]


def complaint_envelope(store: Store, case_id: str) -> bytes | None:
    """What the reporter wrote, sealed; None when it was erased. Raises NotFound."""
    row = store.one("SELECT sealed FROM complaint WHERE id = ?", case_id)
    if row is None:
        raise NotFound("aduan ini tidak ada di sini")
    return None if row[0] is None else bytes(row[0])


def _complaint(row: tuple[Any, ...]) -> Complaint:
    case_id, kind, topic, state, filed_ms, due_ms, answered_ms, anonymous, note = row
    return Complaint(
        case_id, ComplaintKind(kind), topic, ComplaintState(state), filed_ms, due_ms, answered_ms, bool(anonymous), note
    )
