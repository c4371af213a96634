"""The desk's one line about the inbox: who waits there, and whether a promise has been broken."""

from __future__ import annotations

from kiosk.store.database import Store
from kiosk.store.inbox import waiting_cases


def words(store: Store) -> str:
    """Empty while nobody waits."""
    now = waiting_cases(store)
    parts = [f"{now.requests} permohonan" if now.requests else "", f"{now.complaints} aduan" if now.complaints else ""]
    said = " dan ".join(part for part in parts if part)
    if not said:
        return ""
    return f"{said} menunggu" + (f", {now.overdue} aduan lewat janji" if now.overdue else "")
