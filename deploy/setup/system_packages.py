"""Programs and libraries that the tests use and no Python package carries: `python3 -m deploy.setup.system_packages`.

One table says what, how we see that it is there, and what the operating systems call it. Looking is cheap, so it is
done on every run; installing happens only for what is missing, through apt and only where this user may. With `--soak`
it is what only the long tests use. The demonstration needs nothing from here.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.setup import apt

# Servers live in sbin, which Debian leaves out of an ordinary user's PATH.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
POSTGRESQL_HOME = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Need:
    """One thing the machine must have, and the packages that bring it, the usual name first."""

    what: str
    is_there: Callable[[], bool]
    packages: tuple[str, ...]


def has_program(*names: str) -> bool:
    """Whether any of the names is a program of this machine."""
    return any(shutil.which(name, path=SEARCH_PATH) for name in names)


def has_postgresql_server() -> bool:
    """Debian keeps each major version's server programs in a folder outside the PATH."""
    return any(POSTGRESQL_HOME.glob("*/bin/initdb")) or has_program("initdb")


def has_micropython() -> bool:
    """Debian 13 has its Unix port. Where apt knows none, the WebAssembly port among the assets runs the tests alone."""
    return has_program("micropython") or not apt.knows("micropython")


def has_library(name: str) -> bool:
    """Whether the dynamic linker finds lib`name`."""
    return ctypes.util.find_library(name) is not None


NEEDS = (
    Need("an MQTT broker", lambda: has_program("mosquitto"), ("mosquitto",)),
    Need("a PostgreSQL server", has_postgresql_server, ("postgresql",)),
    # Raspberry Pi OS and older Ubuntu say chromium-browser.
    Need(
        "a browser",
        lambda: has_program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        ("chromium", "chromium-browser"),
    ),
    Need("what playwright's own Node.js links to", lambda: has_library("atomic"), ("libatomic1",)),
    Need("what runs the panel board's firmware", has_micropython, ("micropython",)),
    Need("what checks the systemd units", lambda: has_program("systemd-analyze"), ("systemd",)),
    # Debian 13 and Ubuntu 24.04 renamed every library whose time type grew.
    Need("a voice", lambda: has_program("espeak-ng"), ("espeak-ng",)),
    Need("a QR reader", lambda: has_library("zbar"), ("libzbar0", "libzbar0t64")),
)


SOAK_NEEDS = (Need("a cluster of MQTT brokers", lambda: has_program("ejabberdctl"), ("ejabberd",)),)


def missing(needs: Iterable[Need]) -> list[Need]:
    """Those that are not there, in the table's order."""
    return [need for need in needs if not need.is_there()]


def main() -> int:
    lacking = missing(SOAK_NEEDS if "--soak" in sys.argv[1:] else NEEDS)
    if not lacking:
        return 0
    try:
        apt.install([need.packages for need in lacking], f"The tests need {', '.join(need.what for need in lacking)}")
    except apt.SystemPackageMissing as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 1
    still = missing(lacking)
    if still:
        print(f"set-up stopped: installed, yet not found: {', '.join(need.what for need in still)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
