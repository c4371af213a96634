"""What an Idempotency-Key has already brought, without drawing anything: a screen that comes back after a restart."""

from kiosk.store.issuer import issued_with

__all__ = ["issued_with"]
