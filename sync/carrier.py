"""Whether a cable or a radio is attached, as the kernel says it in `/sys/class/net/*/carrier`.

A link that comes up is the best reason to try again at once; without it a kiosk would sleep out its back-off beside a
working network. A link that is up proves nothing more.
"""

from __future__ import annotations

from pathlib import Path

DEFAULT_FOLDER = Path("/sys/class/net")


def attached(folder: Path = DEFAULT_FOLDER) -> frozenset[str]:
    """Names of the interfaces with a carrier, without loopback; empty when none has one or the folder is unreadable."""
    found = set()
    for carrier in folder.glob("*/carrier"):
        try:
            if carrier.parent.name != "lo" and carrier.read_text().strip() == "1":
                found.add(carrier.parent.name)
        except OSError:  # an interface that is down answers EINVAL: it has no carrier
            continue
    return frozenset(found)
