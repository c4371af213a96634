"""The first page, help, how the screen looks and speaks, and the end of a visit."""

from __future__ import annotations

from typing import get_args

import msgspec
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.decoding import converted
from kiosk.store.tickets import today, waiting_count
from kiosk.web.alarm_view import alarm_view
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import languages
from kiosk.web.resident.visit import Seat, TextSize, Visit, forget, keep, visit


@blueprint.get("/")
def home() -> str | Response:
    here = office()
    alarm = alarm_view(here.store, here.utc_offset_h)
    if alarm is not None and alarm.is_pending and alarm.newest_id > visit().alarm_seen:
        return redirect(url_for("resident.alarm"), 303)
    day = today(here.store)
    waiting = waiting_count(here.store, day) if day is not None else 0
    free = all(service.free for service in here.catalogue.services)
    return page("home", waiting=waiting, all_free=free, can_seal=here.can_seal, idle_matters=visit() != Visit())


@blueprint.get("/bantuan")
def help_() -> str:
    return page("help")


@blueprint.get("/tampilan")
def appearance_page() -> str:
    before = request.args.get("dari", "")
    return page("appearance", languages=languages().values(), sizes=get_args(TextSize), before=_safe(before))


@blueprint.post("/tampilan")
def appearance() -> Response:
    """Changes language, contrast, size of text or height of the controls, and shows the same page again."""
    wanted = msgspec.to_builtins(visit())
    if request.form.get("language") in languages():
        wanted["language"] = request.form["language"]
    if (contrast := request.form.get("contrast")) in ("normal", "high"):
        wanted["contrast"] = contrast
    if (text := request.form.get("text", type=int)) in get_args(TextSize):
        wanted["text"] = text
    if (seat := request.form.get("seat")) in get_args(Seat):
        wanted["seat"] = seat
    return keep(redirect(_safe(request.form.get("back", "")), 303), converted(wanted, Visit))


@blueprint.post("/selesai")
def done() -> Response:
    """Ends the visit: by the resident's hand, or by the page after nobody touched it."""
    office().drafts.drop(visit().draft)
    return forget(redirect(url_for("resident.home"), 303))


def _safe(address: str) -> str:
    """The address when it is one of the screen's own; the start otherwise."""
    own = address.startswith("/kiosk/") and "//" not in address and "\\" not in address and len(address) < 200
    return address if own else url_for("resident.home")
