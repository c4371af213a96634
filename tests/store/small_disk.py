"""A file system of a few megabytes, to be filled: a tmpfs of its own, which only root may mount."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def why_none(folder: Path) -> str:
    """Why a small disk cannot be had here; empty when it can."""
    if os.geteuid() != 0:
        return "a full disk is only tried as root, who may mount a small one"
    tried = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True)
    if tried.returncode:
        return f"no small disk can be mounted here: {tried.stderr.strip()}"
    subprocess.run(["umount", folder], check=True)
    return ""


@contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[Path]:
    """`folder` as a disk of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a failed test may have left a file open


def fill_up(folder: Path, leave_bytes: int = 0) -> Path:
    """Somebody else's file, as long as the disk allows but for `leave_bytes`."""
    path = folder / "somebody-elses.log"
    found = os.statvfs(folder)
    with path.open("ab") as file:
        left = found.f_bavail * found.f_frsize - leave_bytes
        if left > 0:
            os.posix_fallocate(file.fileno(), path.stat().st_size, left)
    return path
