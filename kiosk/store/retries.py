"""What an Idempotency-Key has already brought, without drawing anything: a screen that comes back after a restart."""

from __future__ import annotations

from kiosk.store.database import Store
from kiosk.store.tickets import Issued, _known


def issued_with(store: Store, key: str, service: str) -> Issued | None:
    """The ticket issued for this key, or None. Raises Conflict when the key belongs to another service."""
    return _known(store, key, service)
