"""At a satellite: whoever opens a counter, the board or the report is told that these are at the hub, and led there."""

from __future__ import annotations

from flask import render_template, request

from kiosk.core.errors import Conflict
from kiosk.http.problem import wants_json
from kiosk.web.hall.lines import words
from kiosk.web.office import office

_SLICES = ("counter", "board", "report")
_ENDPOINTS = ("api.board_now", "api.board_events", "api.sign_in", "api.act")


class AtTheHub(Conflict):
    """This kiosk gives numbers for a queue that another one keeps."""

    code = "at-the-hub"


def refuse_at_satellite() -> tuple[str, int] | None:
    """To be run before each request."""
    here, endpoint = office(), request.endpoint or ""
    if here.satellite is None or endpoint.endswith("static"):
        return None
    if request.blueprint not in _SLICES and endpoint not in _ENDPOINTS:
        return None
    address = here.satellite.address.rstrip("/")
    refusal = AtTheHub(f"Kiosk ini satelit: loket, papan dan laporan ada di kiosk induk, {address}")
    if wants_json():
        raise refusal
    page = render_template(
        "counter/elsewhere.html", words=str(refusal), address=address, standing=" · ".join(words(here))
    )
    return page, refusal.http_status
