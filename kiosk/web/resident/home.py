"""The first page, help, language and contrast, and the end of a visit."""

from __future__ import annotations

import msgspec
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.store.tickets import today, waiting_count
from kiosk.web.alarm_view import alarm_view
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import LANGUAGES
from kiosk.web.resident.visit import Visit, forget, keep, visit


@blueprint.get("/")
def home() -> str | Response:
    here = office()
    alarm = alarm_view(here.store, here.utc_offset_h)
    if alarm is not None and alarm.is_pending and alarm.newest_id > visit().alarm_seen:
        return redirect(url_for("resident.alarm"), 303)
    day = today(here.store)
    waiting = waiting_count(here.store, day) if day is not None else 0
    free = all(service.free for service in here.catalogue.services)
    return page("home", waiting=waiting, all_free=free, idle_matters=visit() != Visit())


@blueprint.get("/bantuan")
def help_() -> str:
    return page("help")


@blueprint.post("/tampilan")
def appearance() -> Response:
    """Changes language or contrast and shows the same page again."""
    wanted = visit()
    if (language := request.form.get("language")) in LANGUAGES:
        wanted = msgspec.structs.replace(wanted, language=language)
    if (contrast := request.form.get("contrast")) in ("normal", "high"):
        wanted = msgspec.structs.replace(wanted, contrast=contrast)
    back = request.form.get("back", "")
    safe = back.startswith("/kiosk/") and "//" not in back and "\\" not in back
    return keep(redirect(back if safe else url_for("resident.home"), 303), wanted)


@blueprint.post("/selesai")
def done() -> Response:
    """Ends the visit: by the resident's hand, or by the page after nobody touched it."""
    return forget(redirect(url_for("resident.home"), 303))
