"""How busy the hall is: counts for estimates, for the screens and for the meters. Reads only."""

from __future__ import annotations

from kiosk.store.database import Store


def waiting_by_service(store: Store, day: str | None) -> dict[str, int]:
    """How many wait for each service; services without a queue are left out. `day` is None before the first day."""
    if day is None:
        return {}
    return dict(store.all("SELECT service, people FROM waiting_now WHERE people > 0"))


def counters_calling(store: Store, day: str | None, since_ms: int) -> int:
    """How many counters have called somebody since then."""
    row = store.one(
        "SELECT COUNT(DISTINCT counter) FROM ticket WHERE queue_day = ? AND called_ms >= ? AND counter IS NOT NULL",
        *(day, since_ms),
    )
    return int(row[0]) if row else 0


def tickets_by_state(store: Store, day: str | None) -> dict[str, int]:
    """How many tickets that queue on a day stand in each state."""
    return dict(store.all("SELECT state, COUNT(*) FROM ticket WHERE queue_day = ? GROUP BY state", day))
