"""The post's console: one page, kept alive by a stream, and the four answers as plain forms.

The page works without its script (forms and reloads); with it, the server sends the page's living parts as HTML
whenever something changed and every few seconds anyway, so that the browser knows how old what it shows is. What an
officer is typing is never replaced (that is the script's part).
"""

from __future__ import annotations

import msgspec
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import Environment

from kiosk.core.alert import AlertAction
from kiosk.core.errors import BadInput
from kiosk.http.stream import Streams
from sync.central.access import Policy, policy, session
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore, Session
from sync.central.store.values import CLOSE_REASON_WORDS
from sync.central.web import shown
from sync.central.web.picture import Picture, Pictures

SAY_AGAIN_S = 4.0  # the browser sounds an alarm of its own after 20 s of silence: five chances


_WORST = ("alarm", "waiting", "ok")


class Living(msgspec.Struct, frozen=True):
    """What the stream sends: HTML for each living part, and what the script must know without reading HTML."""

    now_ms: int
    unanswered: int
    ringing: list[str]
    parts: dict[str, str]


def blueprint(settings: CentralSettings, store: CentralStore, streams: Streams) -> Blueprint:
    console = Blueprint(
        "console", __name__, static_folder="static", static_url_path="/posko/static", template_folder="templates"
    )
    pictures = Pictures(store)

    def context(who: Session, picture: Picture, chosen: str | None) -> dict[str, object]:
        now_ms = store.now_ms()
        alerts = shown.alerts(picture.open_alerts)
        closed = [shown.alert(view) for view in picture.closed_alerts]
        ids = [one.view.id for one in (*alerts, *closed)]
        first = alerts[0].view.id if alerts else None
        sites = sorted((shown.site(view, now_ms) for view in picture.sites), key=lambda one: _WORST.index(one.state))
        return {
            "settings": settings,
            "who": who,
            "now_ms": now_ms,
            "alerts": alerts,
            "closed": closed,
            "chosen": chosen if chosen in ids else first,
            "sites": sites,
            "site_names": {site.view.site.code: site.view.site.name for site in sites},
            "tickets": picture.tickets,
            "today": _today(picture),
            "faults": picture.faults,
            "reasons": CLOSE_REASON_WORDS,
        }

    def living(who: Session, templates: Environment) -> str:
        known = context(who, pictures.latest(), None)
        names = ("alerts", "details", "side", "faults")
        alerts = shown.alerts(pictures.latest().open_alerts)
        said = Living(
            now_ms=store.now_ms(),
            unanswered=sum(alert.view.acknowledged_ms is None for alert in alerts),
            ringing=[alert.view.id for alert in alerts if alert.rings],
            parts={name: templates.get_template(f"console/{name}.html").render(**known) for name in names},
        )
        return msgspec.json.encode(said).decode()

    @console.get("/posko/")
    @policy(Policy.OFFICER)
    def page() -> ResponseReturnValue:
        return render_template("console/page.html", **context(session(), pictures.fresh(), request.args.get("pilih")))

    @console.get("/posko/events")
    @policy(Policy.OFFICER)
    def events() -> ResponseReturnValue:
        who = session()
        templates = current_app.jinja_env  # the stream outlives the request and its context
        return streams.open(pictures.mark, lambda: living(who, templates), again_s=SAY_AGAIN_S)

    @console.get("/posko/keadaan")
    @policy(Policy.OFFICER)
    def state() -> ResponseReturnValue:
        """One frame of the stream, for a browser that got no place in it."""
        return living(session(), current_app.jinja_env), 200, {"Content-Type": "application/json"}

    @console.post("/posko/panggilan/<alert_id>/<action>")
    @policy(Policy.OFFICER)
    def answer(alert_id: str, action: str) -> ResponseReturnValue:
        if action not in set(AlertAction):
            raise BadInput(f"{action} bukan tindakan posko")
        act = AlertAction(action)
        store.answer_alert(alert_id[:64], act, session().officer, _detail(act), store.now_ms())
        return redirect(url_for("console.page", pilih=alert_id), 303)

    return console


def _detail(action: AlertAction) -> dict[str, object]:
    """What the form says besides; the store judges it."""
    if action is AlertAction.DISPATCH:
        minutes = request.form.get("minutes", "").strip()
        if not (minutes.isascii() and minutes.isdecimal() and len(minutes) <= 3):
            raise BadInput("Perkiraan tiba diisi dengan angka menit, misalnya 6.")
        unit = request.form.get("unit", "").strip()
        if not unit:
            raise BadInput("Isi unit yang berangkat, misalnya Patroli 3.")
        return {"unit": unit, "minutes": int(minutes)}
    if action is AlertAction.CLOSE:
        reason = request.form.get("reason", "")
        if not reason:
            raise BadInput("Pilih alasan menutup: benar, uji coba, salah tekan atau palsu.")
        return {"reason": reason, "note": request.form.get("note", "").strip()}
    return {}


def _today(picture: Picture) -> dict[str, int]:
    """Tickets of every shown site's business day: all, served and waiting."""
    counted: dict[str, int] = {}
    for site in picture.sites:
        for state, tickets in site.tickets.items():
            counted[state] = counted.get(state, 0) + tickets
    return {"all": sum(counted.values()), "served": counted.get("served", 0), "waiting": counted.get("waiting", 0)}
