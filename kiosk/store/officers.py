"""Officers of the site: a PIN kept as a scrypt hash, locked for a while after five wrong tries.

A four-digit PIN cannot resist a stolen card; the lock-out protects the counter, and what a PIN opens holds no personal
data in the clear.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec

from kiosk.core.errors import NotAllowed
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record

TRIES = 5
LOCKED_FOR_S = 300


class Officer(msgspec.Struct, frozen=True):
    name: str
    role: str


def _hash(pin: str, salt: bytes) -> str:
    return salt.hex() + ":" + hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1).hex()


def add_officer(store: Store, name: str, pin: str, role: str = "officer") -> None:
    """Adds an officer or sets a new PIN; also lifts a lock."""
    with store.write():
        store.run(
            "INSERT INTO officer (name, role, pin_hash) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET role = excluded.role, pin_hash = excluded.pin_hash, failures = 0, locked_until_ms = 0",
            *(name, role, _hash(pin, secrets.token_bytes(16))),
        )
        record(store, Lane.SERVICE, "officer.set", {"name": name, "role": role})


def sign_in(store: Store, name: str, pin: str) -> Officer:
    """The officer, or NotAllowed in words. A wrong PIN and an unknown name are answered alike."""
    row = store.one("SELECT role, pin_hash, failures, locked_until_ms FROM officer WHERE name = ?", name)
    role, held, failures, locked_until_ms = row or ("", "00:00", 0, 0)
    now_ms = store.now().wall_ms
    if locked_until_ms > now_ms:
        minutes = (locked_until_ms - now_ms) // 60_000 + 1
        raise NotAllowed(f"Terkunci karena {TRIES} kali salah PIN. Coba lagi dalam {minutes} menit.")
    right = hmac.compare_digest(_hash(pin[:64], bytes.fromhex(held.split(":")[0])), held)
    if row is None or not right:
        if row is not None:
            _count_failure(store, name, failures + 1, now_ms)
        raise NotAllowed("Nama atau PIN tidak cocok. Coba lagi.")
    if failures:
        with store.write():
            store.run("UPDATE officer SET failures = 0, locked_until_ms = 0 WHERE name = ?", name)
    return Officer(name, role)


def _count_failure(store: Store, name: str, failures: int, now_ms: int) -> None:
    locks = failures >= TRIES
    with store.write():
        store.run(
            "UPDATE officer SET failures = ?, locked_until_ms = ? WHERE name = ?",
            *(0 if locks else failures, now_ms + LOCKED_FOR_S * 1000 if locks else 0, name),
        )
        record(store, Lane.SERVICE, "officer.sign-in-failed", {"name": name, "locked": locks})


def names(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM officer ORDER BY name")]
