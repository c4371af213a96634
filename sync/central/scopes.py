"""Where a document is in force: the nation, a province, a city, a site or one device, by Kemendagri's area codes.

The most specific scope that says anything wins. Pure.
"""

from __future__ import annotations

import re

from kiosk.core.errors import BadInput
from kiosk.core.ids import is_device_id

NATION = "nation"
_AREA = {
    "province": re.compile(r"[0-9]{2}\Z"),
    "city": re.compile(r"[0-9]{2}\.[0-9]{2}\Z"),
    "site": re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}\Z"),
}


def require_scope(scope: str) -> str:
    """The same scope. Raises BadInput when it is none."""
    kind, _, area = scope.partition(":")
    if scope == NATION or (kind == "device" and is_device_id(area)):
        return scope
    if kind in _AREA and _AREA[kind].match(area):
        return scope
    raise BadInput(
        f"cakupan {scope[:80]!r} tidak dikenal: tulis nation, province:31, city:31.74, site:31.74.05.1001"
        " atau device:31.74.05.1001-k1"
    )


def scopes_of(device: str) -> tuple[str, ...]:
    """The scopes that a device lies in, the most specific first."""
    site = device.partition("-")[0]
    return (f"device:{device}", f"site:{site}", f"city:{site[:5]}", f"province:{site[:2]}", NATION)
