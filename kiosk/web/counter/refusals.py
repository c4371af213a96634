"""What an officer was refused, journalled: a wrong form, another agency's number, a page that was out of date.

Only for somebody who is signed in: whoever is not could otherwise fill the journal by knocking. A wrong PIN is
journalled where it is counted (`kiosk.store.officers`).
"""

from __future__ import annotations

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record


def journal_refusal(store: Store, officer: str, counter: int, wish: str, why: str) -> None:
    """`why` is the kind of the error, never a person's words."""
    with store.write():
        body = {"officer": officer, "counter": counter, "wish": wish, "why": why}
        record(store, Lane.SERVICE, "officer.refused", body)
