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

from kiosk.core.errors import NotAllowed, NotFound
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record

TRIES = 5
LOCKED_FOR_S = 300


ROLES = ("officer", "supervisor", "technician")


class Officer(msgspec.Struct, frozen=True):
    """An account. `agency` limits whose counters it may take; empty: all of them."""

    name: str
    role: str
    agency: str = ""


class Account(msgspec.Struct, frozen=True):
    """An account as a supervisor sees it."""

    officer: Officer
    is_closed: bool
    locked_until_ms: int


def _hash(pin: str, salt: bytes) -> str:
    return salt.hex() + ":" + hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1).hex()


def add_officer(store: Store, name: str, pin: str, role: str = "officer", agency: str = "", by: str = "") -> None:
    """Adds an officer or sets a new PIN, role and agency; also lifts a lock and opens a closed account again."""
    hashed = _hash(pin, secrets.token_bytes(16))  # takes 50 ms: before the transaction
    with store.write():
        store.run(
            "INSERT INTO officer (name, role, pin_hash, agency) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET role = excluded.role, pin_hash = excluded.pin_hash, agency = excluded.agency, failures = 0,"
            " locked_until_ms = 0, closed_ms = NULL",
            *(name, role, hashed, agency),
        )
        record(store, Lane.SERVICE, "officer.set", {"name": name, "role": role, "agency": agency, "by": by})


def close_account(store: Store, name: str, by: str) -> None:
    """Lets nobody sign in with this name any more; the journal goes on naming it. Raises NotFound."""
    with store.write():
        if not store.run("UPDATE officer SET closed_ms = ? WHERE name = ?", store.now().wall_ms, name):
            raise NotFound(f"Petugas {name} tidak ada.")
        record(store, Lane.SERVICE, "officer.closed", {"name": name, "by": by})


def find_officer(store: Store, name: str) -> Officer | None:
    """The account while it is open."""
    row = store.one("SELECT name, role, agency FROM officer WHERE name = ? AND closed_ms IS NULL", name)
    return Officer(*row) if row else None


def accounts(store: Store) -> list[Account]:
    return [
        Account(Officer(name, role, agency), closed_ms is not None, locked_until_ms)
        for name, role, agency, closed_ms, locked_until_ms in store.all(
            "SELECT name, role, agency, closed_ms, locked_until_ms FROM officer ORDER BY closed_ms IS NOT NULL, name"
        )
    ]


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
    return Officer(name, tried.role, tried.agency)


class _Try(msgspec.Struct, frozen=True):
    """One counted try. `locked_ms`: how much longer none is taken; `last`: the lock falls unless this one is right."""

    role: str
    pin_hash: str
    agency: str = ""
    locked_ms: int = 0
    last: bool = False


def _count_try(store: Store, name: str) -> _Try:
    locked_for_ms, now_ms = LOCKED_FOR_S * 1000, store.now().wall_ms
    with store.write():
        row = store.one(
            "SELECT role, pin_hash, agency, failures, locked_until_ms FROM officer"
            " WHERE name = ? AND closed_ms IS NULL",
            name,
        )
        if row is None:
            return _Try("", "00:00")  # a stranger's PIN is hashed all the same, and never right
        role, pin_hash, agency, failures, locked_until_ms = row
        left_ms = min(locked_until_ms - now_ms, locked_for_ms)
        if left_ms > 0:
            if locked_until_ms - now_ms > locked_for_ms:  # the clock was set back: the lock begins again, no longer
                store.run("UPDATE officer SET locked_until_ms = ? WHERE name = ?", now_ms + locked_for_ms, name)
            return _Try(role, pin_hash, agency, locked_ms=left_ms)
        last = failures + 1 >= TRIES
        store.run(
            "UPDATE officer SET failures = ?, locked_until_ms = ? WHERE name = ?",
            *(0 if last else failures + 1, now_ms + locked_for_ms if last else 0, name),
        )
        return _Try(role, pin_hash, agency, last=last)


def names(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM officer WHERE closed_ms IS NULL ORDER BY name")]
