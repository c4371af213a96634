"""The button's twin on the screen: two deliberate touches raise an alert, and what is known of it is told at once.

The alert is committed before anything is answered. Cancelling is a linked message, never an undo: the alert stays until
the post closes it.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec
from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import iso
from kiosk.core.errors import BadInput, BadTransition
from kiosk.http.body import json_answer
from kiosk.store.alerts import advance, raise_alert
from kiosk.web.alarm_view import AlarmView, alarm_view
from kiosk.web.live import live
from kiosk.web.office import Office, office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import keep, visit
from kiosk.web.told_alerts import find, open_alerts

_OFFERED = (AlertCode.MEDICAL, AlertCode.FIRE, AlertCode.CRIME)


@blueprint.get("/darurat/")
def emergency() -> str:
    return page("emergency", offered=_OFFERED)


@blueprint.post("/darurat/")
def raise_() -> Response:
    code = request.form.get("code", "")
    if code not in _OFFERED:
        raise BadInput("Belum ada yang dipanggil. Sentuh satu gambar, lalu sentuh Panggil sekarang.")
    raise_alert(office().store, AlertCode(code), source="screen")
    return redirect(url_for("resident.alarm"), 303)


@blueprint.get("/darurat/panggilan")
def alarm() -> str | Response:
    if _view(office()) is None:
        return redirect(url_for("resident.home"), 303)
    return page("alarm")


@blueprint.get("/darurat/batal")
def cancel_page() -> str | Response:
    found = _view(office())
    if found is None or not found.alert.is_open:
        return redirect(url_for("resident.home"), 303)
    return page("cancel")


@blueprint.post("/darurat/batal")
def cancel() -> Response:
    with suppress(BadTransition):  # the post has closed it meanwhile: the page that follows says so
        alert = find(office().store, request.form.get("alert", ""))
        advance(office().store, alert.id, AlertAction.CANCEL, path="screen")
    return redirect(url_for("resident.alarm"), 303)


@blueprint.post("/darurat/lanjut")
def leave() -> Response:
    """Back to the other pages; the banner stays on each."""
    newest = max((alert.id for alert in open_alerts(office().store)), default="")
    to = "resident.help_" if request.form.get("to") == "help" else "resident.home"
    return keep(redirect(url_for(to), 303), msgspec.structs.replace(visit(), alarm_seen=newest))


@blueprint.get("/alarm")
def alarm_now() -> tuple[bytes, int, dict[str, str]]:
    """The same as one event of the stream, for when that is not to be had; and proof that the server lives."""
    return json_answer(_told(office(), visit().language))


@blueprint.get("/alarm/events")
def alarm_events() -> FlaskResponse:
    return live(lambda: msgspec.json.encode(_told(office(), visit().language)).decode(), again_s=1.0)


def _view(here: Office) -> AlarmView | None:
    return alarm_view(here.store, here.utc_offset_h)


def _told(here: Office, language: str) -> dict[str, object]:
    view = _view(here)
    at = iso(here.store.now().wall_ms, here.utc_offset_h)  # changes every second: a silent server is noticed by it
    if view is None:
        return {"at": at, "id": None, "pending": False}
    words = {"alarm": view, "say": speaker(language), "language": language, "live": True}
    return {
        "at": at,
        "id": view.alert.id,
        "newest": view.newest_id,
        "pending": view.is_pending,
        "can_cancel": view.can_cancel,
        "waited": view.waited,
        "detail": view.said.detail,
        "look": view.look,
        "banner": render_template("resident/_banner.html", **words),
        "full": render_template("resident/_alarm.html", **words),
    }
