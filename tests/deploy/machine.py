"""A stand-in for a machine on which a release is installed: the system's own units, ours, and a program to start.

`systemd-analyze --root` reads it as if it were the root of a disk, so nothing here needs a running systemd or root.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "units"
SYSTEM_UNITS = (Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))


class Machine:
    """The root folder of one such machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.units = root / "etc/systemd/system"
        self.units.mkdir(parents=True)
        shutil.copytree(
            next(folder for folder in SYSTEM_UNITS if folder.is_dir()), root / "usr/lib/systemd/system", symlinks=True
        )
        for program in ("opt/kentongan/current/bin/kentongan", "bin/chmod"):
            path = root / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)
        for unit in UNITS.glob("*.service"):
            shutil.copy(unit, self.units)

    def change(self, unit: str, old: str, new: str) -> None:
        """Breaks a unit in one place."""
        path = self.units / unit
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def drop_in(self, unit: str, file: Path) -> None:
        """Puts a file of ours beside a unit, as a site does."""
        folder = self.units / f"{unit}.d"
        folder.mkdir()
        shutil.copy(file, folder)

    def verify(self, unit: str) -> subprocess.CompletedProcess[str]:
        return self._analyze("verify", "--man=no", unit)

    def exposure(self, unit: str, at_most: float) -> subprocess.CompletedProcess[str]:
        """Fails when the exposure of 0 (none) to 10 is over the threshold."""
        return self._analyze("security", "--offline=true", f"--threshold={round(at_most * 10)}", "--no-pager", unit)

    def _analyze(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["systemd-analyze", f"--root={self.root}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def named(unit: Path) -> str:
    """The name to ask for: of a template, one instance."""
    return unit.name.replace("@.", "@0-63.")
