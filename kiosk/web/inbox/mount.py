"""Where the routes of this slice hang, and who may come in: officers, by a line that is safe for a pass phrase."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.web.counter.session import (
    NotSignedIn,
    Signed,
    is_line_safe,
    require_csrf,
    require_officer,
    require_safe_line,
)

blueprint = Blueprint(
    "inbox",
    __name__,
    url_prefix="/loket/kotak",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


@blueprint.before_request
def let_in() -> Response | None:
    """Officers only; a form carries the token of their session."""
    if request.endpoint == "inbox.static":
        return None
    if not is_line_safe():
        require_safe_line()
    try:
        signed = require_officer()
    except NotSignedIn:
        return redirect(url_for("counter.sign_in_page"), 303)
    if request.method == "POST":
        require_csrf(signed, request.form.get("csrf", ""))
    g.signed = signed
    return None


def officer() -> Signed:
    """Who asks."""
    found = g.signed
    assert isinstance(found, Signed), "let_in has seen to it"
    return found
