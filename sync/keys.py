"""Ed25519 keys in files: made once, mode 0600, on disk before they are used.

Whoever comes second takes the first one's key: a device that is known by one key must never sign with another. The
thin beginning of enrolment: a kiosk makes its own key and the central is told the public half.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from nacl.signing import SigningKey

from kiosk.core.errors import StoreError


def load_or_create(path: Path) -> SigningKey:
    """The key in a file, made there when missing; returns after a new one is on disk."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(bytes(SigningKey.generate()).hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            os.unlink(fresh)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return load(path)


def load(path: Path) -> SigningKey:
    """The key in a file. Raises StoreError when there is none or it is no key."""
    try:
        return SigningKey(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise StoreError(f"kunci {path} tidak dapat dibaca: {error}") from error


def public_hex(key: SigningKey) -> str:
    return bytes(key.verify_key).hex()
