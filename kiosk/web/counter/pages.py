"""The pages of a counter: sign-in, the console, its live stream, and the forms on it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from kiosk.core.errors import BadInput, Conflict, NotAllowed
from kiosk.http.body import json_answer
from kiosk.store.officers import names
from kiosk.web import way_to_central, weekly_drill
from kiosk.web.alarm_view import alarm_view
from kiosk.web.counter.actions import WISHES, do
from kiosk.web.counter.desk_view import desk_view
from kiosk.web.counter.mount import blueprint
from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.counter.session import (
    NotSignedIn,
    Signed,
    end_session,
    is_line_safe,
    require_csrf,
    require_officer,
    require_safe_line,
    signed_in,
    start_session,
)
from kiosk.web.counter.wishes import from_form
from kiosk.web.live import live
from kiosk.web.office import office
from kiosk.web.words import PAUSE_WORDS, RESULT_WORDS

Answer = tuple[bytes, int, dict[str, str]]


@blueprint.before_request
def keep_pins_off_the_wire() -> AnyResponse | None:
    """Where HTTPS is served, nobody signs in from another machine without it."""
    if is_line_safe():
        return None
    if request.method != "GET":
        require_safe_line()
    name = request.host.partition(":")[0]
    return redirect(f"https://{name}:{office().settings.kiosk.tls_port}{request.path}", 302)


@blueprint.get("/")
def sign_in_page() -> str | AnyResponse:
    if signed_in() is not None:
        return redirect(url_for("counter.console"), 303)
    return _sign_in_form("")


def _sign_in_form(error: str, officer: str = "", counter: int = 1) -> str:
    return render_template(
        "counter/sign-in.html",
        site=office().settings.site,
        officers=names(office().store),
        chosen=officer,
        counter=counter,
        error=error,
    )


@blueprint.post("/")
def sign_in() -> AnyResponse | tuple[str, int]:
    officer, pin = request.form.get("officer", ""), request.form.get("pin", "")
    counter = request.form.get("counter", "")
    try:
        if not counter.isdecimal():
            raise BadInput("Pilih loket Anda.")
        start_session(officer, pin, int(counter))
    except (BadInput, NotAllowed) as error:
        chosen = int(counter) if counter.isdecimal() else 1
        return _sign_in_form(str(error), officer, chosen), error.http_status
    return redirect(url_for("counter.console"), 303)


@blueprint.post("/keluar")
def sign_out() -> AnyResponse:
    signed = signed_in()
    if signed is not None:
        require_csrf(signed, request.form.get("csrf", ""))
    end_session()
    return redirect(url_for("counter.sign_in_page"), 303)


@blueprint.get("/konsol")
def console() -> str | AnyResponse:
    signed = signed_in()
    if signed is None:
        return redirect(url_for("counter.sign_in_page"), 303)
    catalogue = office().catalogue
    agencies = [
        (agency.short_name, [service for service in catalogue.services if service.agency == agency.id])
        for agency in catalogue.agencies
    ]
    return render_template(
        "counter/console.html",
        site=office().settings.site,
        signed=signed,
        desk=Markup(_desk(signed)),  # noqa: S704 - drawn and escaped by our own template
        agencies=agencies,
        priorities=catalogue.priorities,
        pause_words=PAUSE_WORDS,
    )


@blueprint.get("/konsol/events")
def console_events() -> Response:
    signed = signed_in()
    if signed is None:
        raise NotSignedIn("Masuk dulu dengan nama dan PIN di /loket/.")
    return live(lambda: _desk(signed), again_s=20.0)


def _desk(signed: Signed) -> str:
    """The part of the console that changes: what is at the counter, what can be done, who waits."""
    here = office()
    return render_template(
        "counter/_desk.html",
        signed=signed,
        view=desk_view(here, signed.counter, signed.officer),
        results=RESULT_WORDS.items(),
        pause_words=PAUSE_WORDS,
        way_to_central=way_to_central.words(here.store),
        weekly_drill=weekly_drill.words(here.store),
        alarm=alarm_view(here.store, here.utc_offset_h),
    )


@blueprint.post(f"/konsol/<any({', '.join(repr(wish) for wish in WISHES)}):wish>")
def act(wish: str) -> AnyResponse | Answer:
    """One wish. A script (`X-Desk`) is answered with the desk as it is then, a bare form by the page."""
    try:
        signed = require_officer()
        require_csrf(signed, request.form.get("csrf", ""))
    except NotSignedIn:
        return redirect(url_for("counter.sign_in_page"), 303)
    said = ""
    try:
        do(wish, signed.counter, signed.officer, from_form(request.form))
    except (Conflict, BadInput, NotAllowed) as error:
        said = str(error)
        journal_refusal(office().store, signed.officer, signed.counter, wish, error.code)
    if "X-Desk" in request.headers:
        return json_answer({"said": said, "desk": _desk(signed)})
    if said:
        flash(said)
    return redirect(url_for("counter.console"), 303)
