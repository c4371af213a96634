"""The secret that signs cookies: made once, kept in the data directory, readable by the daemon alone.

It outlives restarts, so that a power cut neither signs officers out nor takes a resident's ticket off the screen.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kiosk.core.errors import StoreError

_BYTES = 32


def cookie_secret(data_dir: Path) -> bytes:
    """The secret, made (mode 0600, on disk) when there is none. Raises StoreError when it cannot be kept."""
    path = data_dir / "web.secret"
    try:
        held = path.read_bytes() if path.exists() else b""
        return held if len(held) == _BYTES else _make(path)
    except OSError as error:
        raise StoreError(f"{path} tidak dapat dibaca atau ditulis: {error.strerror or error}") from error


def _make(path: Path) -> bytes:
    made = secrets.token_bytes(_BYTES)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, made)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)  # whole or not at all: a power cut leaves no half secret
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return made
