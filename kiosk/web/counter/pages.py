"""The pages of a counter: sign-in, the console, its live stream, and the forms on it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from kiosk.core.clock import local_time
from kiosk.core.errors import BadInput, Conflict, NotAllowed, NotFound
from kiosk.core.ticket import TICKET_STEPS, TicketState
from kiosk.store.hall import tickets_by_state
from kiosk.store.officers import names
from kiosk.store.queue import at_counter
from kiosk.store.tickets import of_day, recent_visit_minutes, today
from kiosk.web import way_to_central
from kiosk.web.alarm_view import alarm_view
from kiosk.web.counter.actions import ACTIONS, MOST_CALLS, act_at, call_next_at
from kiosk.web.counter.mount import blueprint
from kiosk.web.counter.session import (
    NotSignedIn,
    Signed,
    end_session,
    require_csrf,
    require_officer,
    signed_in,
    start_session,
)
from kiosk.web.live import live
from kiosk.web.office import office

SHOWN_WAITING = 30


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
    site = office().settings.site
    desk = Markup(_desk(signed))  # noqa: S704 - drawn and escaped by our own template
    return render_template("counter/console.html", site=site, signed=signed, desk=desk)


@blueprint.get("/konsol/events")
def console_events() -> Response:
    signed = signed_in()
    if signed is None:
        raise NotSignedIn("Masuk dulu dengan nama dan PIN di /loket/.")
    return live(lambda: _desk(signed), again_s=20.0)


def _desk(signed: Signed) -> str:
    """The part of the console that changes: what is at the counter, what can be done, who waits."""
    here = office()
    now_ms = here.store.now().wall_ms
    day = today(here.store)
    waiting = of_day(here.store, day, TicketState.WAITING) if day is not None else []
    current = at_counter(here.store, signed.counter)
    possible = {
        name: current is not None and (current.state, action) in TICKET_STEPS for name, action in ACTIONS.items()
    }
    if current is not None and current.calls >= MOST_CALLS:
        possible["recall"] = False
    rows = [
        (one, here.catalogue.service(one.service), max(0, now_ms - one.issued_ms) // 60_000)
        for one in waiting[:SHOWN_WAITING]
    ]
    return render_template(
        "counter/_desk.html",
        signed=signed,
        current=current,
        service=here.catalogue.service(current.service) if current else None,
        called_at=f"{local_time(current.called_ms, here.utc_offset_h):%H.%M}"
        if current is not None and current.called_ms is not None
        else "",
        possible={"next": current is None and bool(waiting), **possible},
        calls_left=MOST_CALLS - current.calls if current else 0,
        rows=rows,
        waiting=len(waiting),
        way_to_central=way_to_central.words(here.store),
        alarm=alarm_view(here.store, here.utc_offset_h),
        **_figures(day),
    )


def _figures(day: str | None) -> dict[str, float | None]:
    """What the day has brought so far."""
    counted = tickets_by_state(office().store, day)
    minutes = recent_visit_minutes(office().store, day, limit=200) if day is not None else []
    return {
        "served": counted.get(TicketState.SERVED, 0),
        "missed": counted.get(TicketState.NO_SHOW, 0),
        "average_min": sum(minutes) / len(minutes) if minutes else None,
    }


@blueprint.post("/konsol/<any('next', 'recall', 'no-show', 'start', 'finish'):wish>")
def do(wish: str) -> AnyResponse:
    try:
        signed = require_officer()
        require_csrf(signed, request.form.get("csrf", ""))
    except NotSignedIn:
        return redirect(url_for("counter.sign_in_page"), 303)
    seen = request.form.get("seen", "")
    try:
        if wish == "next":
            call_next_at(signed.counter, signed.officer, seen)
        else:
            act_at(signed.counter, signed.officer, ACTIONS[wish], seen)
    except (Conflict, NotFound) as error:
        flash(str(error))
    return redirect(url_for("counter.console"), 303)
