"""What an agency decided about a request, applied to the request here so that the resident sees it without a network.

The domain's table decides: a state that is not one step from where the request stands is refused, not forced. What
the officer wrote stays in the request's row and never enters the journal, because it may be personal.
"""

from __future__ import annotations

from kiosk.core.event import Lane
from kiosk.core.request import REQUEST_ENDED, REQUEST_STEPS, RequestState
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.tickets import today


def update_request(store: Store, request_id: str, state: RequestState, note: str) -> str | None:
    """Inside `store.write()`: moves the request and journals it, or returns why it can't be."""
    store.require_write()
    row = store.one("SELECT state FROM request WHERE id = ?", request_id)
    if row is None:
        return "permohonan tidak dikenal di kiosk ini"
    before = RequestState(row[0])
    if state not in {after for (held, _), after in REQUEST_STEPS.items() if held is before}:
        return f"permohonan berstatus {before}: tidak dapat menjadi {state}"
    ended_day = today(store) if state in REQUEST_ENDED else None
    store.run(
        "UPDATE request SET state = ?, note = ?, changed_ms = ?, ended_day = ? WHERE id = ?",
        *(state.value, note, store.now().wall_ms, ended_day, request_id),
    )
    record(store, Lane.SERVICE, "request.changed", {"id": request_id, "state": state, "from": before, "by": "central"})
    return None
