"""Officers of the site: a PIN kept as a scrypt hash, locked for a while after five wrong tries.

A four-digit PIN cannot resist a stolen card; the lock-out protects the counter, and what a PIN opens holds no personal
data in the clear. A try is counted before the PIN is looked at, so that many tries at once are no way around it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from math import ceil

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
    tried = _count_try(store, name)
    if tried.locked_ms:
        minutes = ceil(tried.locked_ms / 60_000)
        raise NotAllowed(f"Terkunci karena {TRIES} kali salah PIN. Coba lagi dalam {minutes} menit.")
    right = hmac.compare_digest(_hash(pin[:64], bytes.fromhex(tried.pin_hash.split(":")[0])), tried.pin_hash)
    if not right:
        if tried.role:
            with store.write():
                record(store, Lane.SERVICE, "officer.sign-in-failed", {"name": name, "locked": tried.last})
        raise NotAllowed("Nama atau PIN tidak cocok. Coba lagi.")
    with store.write():
        store.run("UPDATE officer SET failures = 0, locked_until_ms = 0 WHERE name = ?", name)
    return Officer(name, tried.role)


class _Try(msgspec.Struct, frozen=True):
    """One counted try. `locked_ms`: how much longer none is taken; `last`: the lock falls unless this one is right."""

    role: str
    pin_hash: str
    locked_ms: int = 0
    last: bool = False


def _count_try(store: Store, name: str) -> _Try:
    locked_for_ms, now_ms = LOCKED_FOR_S * 1000, store.now().wall_ms
    with store.write():
        row = store.one("SELECT role, pin_hash, failures, locked_until_ms FROM officer WHERE name = ?", name)
        if row is None:
            return _Try("", "00:00")  # a stranger's PIN is hashed all the same, and never right
        role, pin_hash, failures, locked_until_ms = row
        left_ms = min(locked_until_ms - now_ms, locked_for_ms)
        if left_ms > 0:
            if locked_until_ms - now_ms > locked_for_ms:  # the clock was set back: the lock begins again, no longer
                store.run("UPDATE officer SET locked_until_ms = ? WHERE name = ?", now_ms + locked_for_ms, name)
            return _Try(role, pin_hash, locked_ms=left_ms)
        last = failures + 1 >= TRIES
        store.run(
            "UPDATE officer SET failures = ?, locked_until_ms = ? WHERE name = ?",
            *(0 if last else failures + 1, now_ms + locked_for_ms if last else 0, name),
        )
        return _Try(role, pin_hash, last=last)


def names(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM officer ORDER BY name")]
