"""An officer begins and ends a shift at `/posko/masuk` and `/posko/keluar`.

POST → 303 → GET, so that no password stays in the browser's history. Guessing is slowed twice: per name (five tries,
then five minutes) and per address, because each try costs this machine 50 ms of scrypt.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import NotAllowed
from sync.central.access import COOKIE, SHIFT_MS, Doorkeeper, Policy, policy
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore
from sync.central.web.rate import Rate


def blueprint(settings: CentralSettings, doorkeeper: Doorkeeper, store: CentralStore) -> Blueprint:
    pages = Blueprint("signing_in", __name__)
    rate = Rate(burst=20, per_s=60)

    def form(error: str = "", name: str = "", status: int = 200) -> ResponseReturnValue:
        names = store.officer_names()
        return render_template("sign_in.html", post=settings.post, error=error, name=name, names=names), status

    @pages.get("/posko/masuk")
    @policy(Policy.PUBLIC)
    def page() -> ResponseReturnValue:
        if doorkeeper.session_of(request) is not None:
            return redirect(url_for("console.page"), 303)
        return form()

    @pages.post("/posko/masuk")
    @policy(Policy.PUBLIC)
    def enter() -> ResponseReturnValue:
        rate.take(request.remote_addr or "", store.now_ms() / 1000)
        name, password = request.form.get("name", "").strip(), request.form.get("password", "")
        try:
            secret = doorkeeper.sign_in(name, password)
        except NotAllowed as error:
            return form(str(error), name, 403)
        response = redirect(url_for("console.page"), 303)
        response.set_cookie(
            COOKIE, secret, max_age=SHIFT_MS // 1000, httponly=True, samesite="Strict", secure=settings.is_secure
        )
        return response

    @pages.post("/posko/keluar")
    @policy(Policy.OFFICER)
    def leave() -> ResponseReturnValue:
        doorkeeper.sign_out(request)
        response = redirect(url_for("signing_in.page"), 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=settings.is_secure)
        return response

    return pages
