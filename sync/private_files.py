"""Files for one reader: mode 0600, whole or not at all, on disk before anybody relies on them.

A power cut may fall between any two steps, so the bytes go to a neighbour first, are flushed, and take the name in one
step. The owner of a file that is replaced stays its owner: a broker that may read its list of revoked certificates
can still read the next one when root writes it.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Writes or replaces a file; returns after it and its name are on disk. Makes the folder when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)  # left by a power cut, perhaps with another mode
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if os.geteuid() == 0 and path.exists():
            held = path.stat()
            os.fchown(file.fileno(), held.st_uid, held.st_gid)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
