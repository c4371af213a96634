"""An office to test with: its services, its counters, and people who draw numbers."""

from __future__ import annotations

from kiosk.core.desk import Desk
from kiosk.core.ticket import Ticket
from kiosk.store import tickets
from kiosk.store.database import Store

VILLAGE = frozenset({"usaha", "domisili", "skck"})
LETTERS = {"usaha": "A", "domisili": "B", "skck": "C", "sim": "S"}


def desk(counter: int = 1, officer: str = "", services: frozenset[str] = VILLAGE) -> Desk:
    """A counter of the village office; with services of its own it still reaches the village's."""
    return Desk(counter, officer or f"Petugas {counter}", services, VILLAGE | services)


POLICE = Desk(9, "Bripka Sari", frozenset({"sim"}), frozenset({"sim"}))


def draw(store: Store, service: str = "usaha") -> Ticket:
    return tickets.issue(store, service, LETTERS[service], 7, None, None).ticket
