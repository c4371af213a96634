"""Installs Debian packages when this user may, and says which command to give when not.

Decision: we never ask for a password. A build that stops at a prompt hangs where nobody watches, so only root or a
sudo that needs no password is used; everyone else gets the exact command. It removes and upgrades nothing by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence


class SystemPackageMissing(Exception):
    """The machine lacks something that only its owner may install; the message is the command to give."""


def install(alternatives: Sequence[Sequence[str]], why: str) -> None:
    """Installs one package of each group of alternatives: releases name the same thing differently.

    Raises `SystemPackageMissing` where there is no apt, no permission, or no such package.
    """
    first_choices = " ".join(group[0] for group in alternatives)
    if shutil.which("apt-get") is None:
        raise SystemPackageMissing(f"{why}: install what your system calls {first_choices}, then run this again")
    prefix = _privilege()
    if prefix is None:
        raise SystemPackageMissing(
            f"{why}. Give this command, then run this again:\n"
            f"    sudo apt-get update && sudo apt-get install --no-install-recommends {first_choices}"
        )
    print(f"{why}: installing {first_choices} …", flush=True)
    _apt(prefix, "update")
    _apt(prefix, "install", "--yes", "--no-install-recommends", *(_first_known(group) for group in alternatives))


def _privilege() -> list[str] | None:
    """The words before a command that make it root's; None where this user may not become root unasked."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    unasked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if unasked else None


def knows(package: str) -> bool:
    """Whether the package lists of this machine, as old as they are, have it."""
    if shutil.which("apt-cache") is None:
        return False
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def _first_known(group: Sequence[str]) -> str:
    for name in group:
        if knows(name):
            return name
    raise SystemPackageMissing(f"this system's package lists know none of: {', '.join(group)}; install it by hand")


def _apt(prefix: Sequence[str], *arguments: str) -> None:
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise SystemPackageMissing(f"`{' '.join(command)}` failed:\n{tail}")
