"""One resident's visit to the screen: how it looks, and which ticket, form and case are theirs, in a cookie that dies
with it.

Nothing of a person lies in an address, in the history or in the browser's storage. The cookie holds the key that drew
the ticket, not its tracking code, so what is left on a disk after all opens nothing; it is signed, HttpOnly, sent
to the screen's own pages only, forgotten when the browser closes and taken for nothing after half an hour.
"""

from __future__ import annotations

import secrets
from typing import Literal

import msgspec
from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from kiosk.core.decoding import converted

_COOKIE = "kentongan_layar"
_PATH = "/kiosk/"
_LASTS_S = 30 * 60


TextSize = Literal[100, 125, 150, 200]  # percent of the size for reading
Seat = Literal["high", "low"]


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key` and `service` drew the ticket; `looked_up` is "kind:id" of a case found by its code; `draft` names a form
    in the server's memory, `receipt` is the key of one that was sent; `told` is said once by the next page, beside what
    was typed (also only in memory, under the name `typed`);
    `alarm_seen` is the newest alert that the person has left the full screen of."""

    language: str = "id"
    contrast: Literal["normal", "high"] = "normal"
    text: TextSize = 100
    seat: Seat = "high"
    draft: str = ""
    receipt: str = ""
    told: str = ""
    typed: str = ""
    key: str = ""
    service: str = ""
    looked_up: str = ""
    alarm_seen: str = ""


def visit() -> Visit:
    """The visit that the request belongs to; a new one when its cookie is missing, too old or not ours."""
    if "visit" not in g:
        g.visit = _read(request.cookies.get(_COOKIE, ""))
    found = g.visit
    assert isinstance(found, Visit)
    return found


def keep(response: Response, changed: Visit) -> Response:
    """The response, which makes the browser remember the visit until it is forgotten."""
    value = _serializer().dumps(msgspec.to_builtins(changed))
    response.set_cookie(_COOKIE, str(value), path=_PATH, httponly=True, samesite="Strict")
    return response


def forget(response: Response) -> Response:
    """The response, after which the browser knows nothing of the visit."""
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Strict")
    return response


def new_key() -> str:
    """A fresh key for one page's form: pressed twice, it draws one ticket."""
    return secrets.token_urlsafe(18)


def _read(cookie: str) -> Visit:
    if not cookie:
        return Visit()
    try:
        return converted(_serializer().loads(cookie, max_age=_LASTS_S), Visit)
    except (BadData, msgspec.ValidationError):
        return Visit()


def _serializer() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    assert secret is not None, "create_app sets it"
    return URLSafeTimedSerializer(secret, salt="visit")
