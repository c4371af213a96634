"""At a satellite: whoever opens a counter, the board or the report is told that these are at the hub."""

from __future__ import annotations

from flask import request

from kiosk.core.errors import Conflict
from kiosk.web.office import office

_SLICES = ("counter", "board", "report")
_ENDPOINTS = ("api.board_now", "api.board_events", "api.sign_in", "api.act")


class AtTheHub(Conflict):
    """This kiosk gives numbers for a queue that another one keeps."""

    code = "at-the-hub"


def refuse_at_satellite() -> None:
    """To be run before each request."""
    here, endpoint = office(), request.endpoint or ""
    if here.satellite is None or endpoint.endswith("static"):
        return
    if request.blueprint in _SLICES or endpoint in _ENDPOINTS:
        where = here.satellite.address.rstrip("/")
        raise AtTheHub(f"Kiosk ini satelit. Loket, papan dan laporan ada di kiosk induk: {where}/loket/")
