"""What a resident hands in, once: the same key again is the same case with the same code.

A request's code is made like a ticket's: it follows from the resident's own key and a stored salt, of key and code only
hashes are kept, so the database tells no code. Only inside `store.write()`, together with the case itself.
"""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.ids import track_code_from
from kiosk.store.database import Store

KEY_LIMIT = 128
WAYS = {"request": "permohonan", "complaint": "aduan"}


class Submission(msgspec.Struct, frozen=True):
    """A case as its resident gets it; `track` is known only now."""

    kind: str
    case_id: str
    track: str


def require_key(key: str) -> None:
    """Raises BadInput for a key that cannot be one."""
    if not 1 <= len(key) <= KEY_LIMIT:
        raise BadInput(f"Idempotency-Key harus 1 sampai {KEY_LIMIT} huruf")


def submitted_with(store: Store, key: str) -> Submission | None:
    """What this key has already brought, or None."""
    row = store.one("SELECT kind, case_id, salt FROM submission WHERE key_hash = ?", _hash(key))
    return None if row is None else Submission(row[0], row[1], track_code_from(bytes(row[2]), key))


def known(store: Store, key: str, kind: str) -> Submission | None:
    """As `submitted_with`; raises Conflict when the key has brought something else."""
    found = submitted_with(store, key)
    if found is not None and found.kind != kind:
        raise Conflict(f"Kunci ini sudah dipakai untuk {WAYS[found.kind]}: mulai lagi dari awal")
    return found


def remember(store: Store, key: str, kind: str, case_id: str) -> Submission:
    """Binds a new case to the key and gives its code."""
    salt = secrets.token_bytes(16)
    store.run(
        "INSERT INTO submission (key_hash, kind, case_id, salt) VALUES (?, ?, ?, ?)", _hash(key), kind, case_id, salt
    )
    return Submission(kind, case_id, track_code_from(salt, key))


def find_case(store: Store, hashed: str) -> tuple[str, str]:
    """(kind, id) of the ticket, request or complaint behind a code's hash. Raises NotFound, alike for every code."""
    for kind in ("ticket", "request", "complaint"):
        row = store.one(f"SELECT id FROM {kind} WHERE track_hash = ?", hashed)
        if row is not None:
            return kind, row[0]
    raise NotFound("Kode itu belum dikenal di sini. Periksa lagi di tiket atau tanda terima Anda.")


def _hash(key: str) -> bytes:
    return hashlib.sha256(b"kentongan submission 1:" + key.encode()).digest()
