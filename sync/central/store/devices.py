"""Who may speak to this central, and when each was last heard."""

from __future__ import annotations

from kiosk.core.errors import BadInput, Conflict
from sync.central.store.database import Connection
from sync.central.store.models import Device, Site
from sync.central.store.projection import require_text
from sync.central.store.values import SiteCard

CONTACT_EVERY_MS = 5_000  # a busy device writes its last contact this often at most: its page needs no more
PUBLIC_KEY_BYTES = 32  # Ed25519


def enrol(connection: Connection, device: str, public_key: bytes, site: SiteCard, now_ms: int) -> None:
    """The same device again renews its site's card. Another key is refused: a lost card must be retired first."""
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise BadInput(f"kunci publik harus {PUBLIC_KEY_BYTES} bita Ed25519, bukan {len(public_key)}")
    for text in (device, site.code, site.name, site.address, site.contact):
        require_text(text, "data lokasi")
    card = {
        "name": site.name,
        "address": site.address,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "contact": site.contact,
        "utc_offset_h": site.utc_offset_h,
    }
    connection.run(Site.insert(code=site.code, **card).on_conflict(conflict_target=[Site.code], update=card))
    row = {"site_code": site.code, "public_key": public_key, "enrolled_ms": now_ms, "down_number": 0}
    if connection.run(Device.insert(device_id=device, **row).on_conflict_ignore()):
        return
    if known_key(connection, device) != public_key:
        raise Conflict(f"perangkat {device} sudah terdaftar dengan kunci lain: cabut dahulu pendaftaran yang lama")
    connection.run(Device.update(site_code=site.code).where(Device.device_id == device))


def known_key(connection: Connection, device: str) -> bytes | None:
    rows = connection.fetch("SELECT public_key FROM device WHERE device_id = ?", device)
    return bytes(rows[0][0]) if rows else None


def seen_is_due(connection: Connection, device: str, at_ms: int) -> bool:
    """Whether a sign of life is worth a write: every few seconds."""
    return bool(connection.fetch(f"SELECT 1 FROM device WHERE {_DUE}", device, at_ms - CONTACT_EVERY_MS))


def seen(connection: Connection, device: str, at_ms: int) -> None:
    """Writes a sign of life when it is due."""
    sql = f"UPDATE device SET last_contact_ms = ? WHERE {_DUE}"
    connection.change(sql, at_ms, device, at_ms - CONTACT_EVERY_MS)


_DUE = "device_id = ? AND (last_contact_ms IS NULL OR last_contact_ms <= ?)"
