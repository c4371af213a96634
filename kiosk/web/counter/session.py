"""Who sits at which counter: a signed cookie for an hour after the last action, and a token against forged forms.

The cookie is HttpOnly and SameSite=Strict; it names officer and counter and holds no secret of theirs. An hour, because
a long visit must not end in a sign-in and an abandoned desk must not stay open over lunch.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import msgspec
from flask import session

from kiosk.core.decoding import converted
from kiosk.core.errors import BadInput, NotAllowed
from kiosk.store.officers import sign_in
from kiosk.web.office import office

IDLE_LIMIT = timedelta(hours=1)


class NotSignedIn(NotAllowed):
    """Nobody is signed in here, or no longer."""

    code = "not-signed-in"
    http_status = 401


class Signed(msgspec.Struct, frozen=True):
    """An officer at a counter."""

    officer: str
    counter: int
    csrf: str


def start_session(name: str, pin: str, counter: int) -> Signed:
    """Signs in. Raises NotAllowed for a wrong PIN or a lock, BadInput for a counter that does not exist."""
    counters = office().settings.site.counters
    if not 1 <= counter <= counters:
        raise BadInput(f"Loket {counter} tidak ada di sini: pilih 1 sampai {counters}.")
    officer = sign_in(office().store, name, pin)
    signed = Signed(officer.name, counter, secrets.token_urlsafe(24))
    session.clear()
    session.permanent = True
    session["signed"] = msgspec.to_builtins(signed)
    return signed


def end_session() -> None:
    session.clear()


def signed_in() -> Signed | None:
    held = session.get("signed")
    return None if held is None else converted(held, Signed)


def require_officer(counter: int | None = None) -> Signed:
    """The signed-in officer, whose hour begins anew. Raises NotAllowed, also when it is another counter's."""
    signed = signed_in()
    if signed is None:
        raise NotSignedIn("Masuk dulu dengan nama dan PIN di /loket/.")
    if counter is not None and counter != signed.counter:
        raise NotAllowed(f"Anda masuk di loket {signed.counter}, bukan {counter}.")
    session.modified = True
    return signed


def require_csrf(signed: Signed, token: str) -> None:
    """Raises NotAllowed unless the form or program carries the token of this session."""
    if not hmac.compare_digest(signed.csrf.encode(), token.encode()):
        raise NotAllowed("Formulir ini tidak berasal dari halaman Anda. Muat ulang halaman, lalu coba lagi.")
