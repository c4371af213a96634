"""What an office has to work through: requests and complaints that nobody has ended, and those that have.

Open ones come in the order in which somebody waits: requests by age, complaints by when their promise would be broken.
Nothing is opened here; the envelopes stay closed.
"""

from __future__ import annotations

import msgspec

from kiosk.core.complaint import COMPLAINT_ENDED, Complaint
from kiosk.core.event import Lane
from kiosk.core.request import REQUEST_ENDED, ServiceRequest
from kiosk.store.complaints import find_complaint
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.requests import find_request

PAGE = 12


class Waiting(msgspec.Struct, frozen=True):
    """How many wait for somebody, and how many complaints have waited longer than was promised."""

    requests: int
    complaints: int
    overdue: int


def requests_page(store: Store, services: frozenset[str], ended: bool, number: int) -> list[ServiceRequest]:
    """One page of the requests for these services, and one more when there is another page."""
    states = sorted(state.value for state in REQUEST_ENDED)
    rows = store.all(
        f"SELECT id FROM request WHERE state {_in(ended)} ({_places(REQUEST_ENDED)})"
        f" AND service IN ({_places(services)}) ORDER BY id {'DESC' if ended else ''} LIMIT ? OFFSET ?",
        *(*states, *sorted(services), PAGE + 1, (number - 1) * PAGE),
    )
    return [find_request(store, row[0])[0] for row in rows]


def complaints_page(store: Store, ended: bool, number: int) -> list[Complaint]:
    """One page of complaints, and one more when there is another page: unanswered first, the soonest promise first."""
    order = "id DESC" if ended else "answered_ms IS NOT NULL, due_ms, id"
    rows = store.all(
        f"SELECT id FROM complaint WHERE state {_in(ended)} ({_places(COMPLAINT_ENDED)})"
        f" ORDER BY {order} LIMIT ? OFFSET ?",
        *(*sorted(state.value for state in COMPLAINT_ENDED), PAGE + 1, (number - 1) * PAGE),
    )
    return [find_complaint(store, row[0]) for row in rows]


def waiting_cases(store: Store) -> Waiting:
    """For the desk's one line about the inbox."""
    requests = store.one(
        f"SELECT COUNT(*) FROM request WHERE state NOT IN ({_places(REQUEST_ENDED)})",
        *sorted(state.value for state in REQUEST_ENDED),
    )
    complaints = store.one(
        "SELECT COUNT(*), SUM(due_ms < ?) FROM complaint WHERE answered_ms IS NULL", store.now().wall_ms
    )
    assert requests is not None, "a count gives one row"
    assert complaints is not None, "a count gives one row"
    return Waiting(requests[0], complaints[0], complaints[1] or 0)


def note_reading(store: Store, kind: str, case_id: str, officer: str) -> None:
    """Journals that an officer has read what a resident wrote: who, which case and when, and nothing of it."""
    with store.write():
        record(store, Lane.SERVICE, "case.read", {"kind": kind, "id": case_id, "officer": officer})


def _in(ended: bool) -> str:
    return "IN" if ended else "NOT IN"


def _places(values: frozenset[str] | frozenset[object]) -> str:
    return ", ".join("?" * len(values))
