"""Fills `.venv` from a lock file: `python3 -m deploy.setup.environment requirements/run.lock`.

Decisions: hashes are required, so a package that somebody altered on its way is refused; only wheels are taken,
because building a source package would fetch build tools that no lock names, and a bare machine has no compiler.
The project itself is installed in place with the locked setuptools. An environment that works is kept, never rebuilt.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.setup import apt

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = (3, 11)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python3 -m deploy.setup.environment LOCKFILE", file=sys.stderr)
        return 2
    lock = Path(arguments[0]).resolve()
    try:
        python = _environment(ROOT / ".venv")
        print(f"Installing the packages of {lock.name} (every one checked against its hash) …", flush=True)
        _pip(python, "install", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
        _pip(python, "install", "--no-build-isolation", "--no-deps", "--no-index", "--editable", str(ROOT))
    except (apt.SystemPackageMissing, SetupStopped) as stopped:
        print(f"set-up stopped: {stopped}", file=sys.stderr)
        return 1
    return 0


class SetupStopped(Exception):
    """A step failed in a way that running again alone will not mend; the message says what to look at."""


def _environment(home: Path) -> Path:
    """The Python of the virtual environment at `home`, made first where there is none that works."""
    python = home / "bin" / "python"
    if _works(python):
        return python
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise SetupStopped(f"Python 3.11 or newer is needed, this is {sys.version}; say which: make PYTHON=python3.x")
    # Debian splits the part of Python that makes environments into a package of its own.
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        apt.install([["python3-venv"]], "Python here cannot make virtual environments")
    print("Making the environment .venv …", flush=True)
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=False)
    if done.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        raise SetupStopped(f"{sys.executable} could not make a virtual environment in {home}; its own message is above")
    return python


def _works(python: Path) -> bool:
    """Whether it starts and has pip: a half-made one, or one whose Python was upgraded away, does not."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetupStopped("pip could not install what the lock names; its own message is above (is the network up?)")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
