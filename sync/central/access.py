"""Who may do what: every route has a policy, and a route without one stops the start.

Three policies are enough here: PUBLIC; OFFICER (signed in at the console); PROGRAM (another system's bearer token, or a
signed-in officer's browser). A browser's posts must bring the session's CSRF token besides the checks of
`kiosk.http.security`; a bearer token is no cookie and needs none. Sessions and tokens are kept as hashes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import msgspec
from flask import Flask, Request, g, request

from kiosk.core.errors import KentonganError, NotAllowed
from sync.central.passwords import is_password, new_secret, secret_hash
from sync.central.store import CentralStore, Session

COOKIE = "kentongan_posko"
SHIFT_MS = 12 * 3_600_000  # a session outlasts the longest shift, and no more
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_POLICY = "_kentongan_policy"

View = TypeVar("View", bound=Callable[..., object])


class NotSignedIn(KentonganError):
    """Whoever asked is nobody we know; pages send them to the sign-in."""

    code = "not-signed-in"
    http_status = 401


class Policy(StrEnum):
    PUBLIC = "public"
    OFFICER = "officer"
    PROGRAM = "program"


class Visitor(msgspec.Struct, frozen=True):
    """Who asks: an officer at the console, or another system by its token (`officer` is then None)."""

    officer: str | None
    via: str
    session: Session | None = None


def policy(which: Policy) -> Callable[[View], View]:
    """Says who may call a view."""

    def mark(view: View) -> View:
        setattr(view, _POLICY, which)
        return view

    return mark


def visitor() -> Visitor:
    """Who asks, inside a view that is not public."""
    found: Visitor = g.visitor
    return found


def session() -> Session:
    """The officer's session, inside a view for officers."""
    found = visitor().session
    if found is None:
        raise NotSignedIn("Masuk dahulu sebagai petugas.")
    return found


class Doorkeeper:
    """Signs officers in and out, and lets each request through by its route's policy."""

    def __init__(self, store: CentralStore) -> None:
        self._store = store

    def guard(self, app: Flask) -> None:
        """To be called once every route is there. Raises RuntimeError naming routes without a policy."""
        views = app.view_functions.items()
        bare = [name for name, view in views if not hasattr(view, _POLICY) and not _is_static(name)]
        if bare:
            raise RuntimeError(f"routes without a policy: {', '.join(sorted(bare))}")

        def check() -> None:
            if request.endpoint is None or _is_static(request.endpoint):
                return  # an unknown address is answered by 404, files of ours are for everyone
            which = getattr(app.view_functions[request.endpoint], _POLICY)
            if which is not Policy.PUBLIC:
                g.visitor = self._visitor(request, which)

        app.before_request(check)

    def sign_in(self, name: str, password: str) -> str:
        """The secret for the cookie. Raises NotAllowed: the same words for a wrong name and a wrong password."""
        known = self._store.officer(name)
        is_right = is_password(password, None if known is None else known.password_hash)
        if known is not None and known.locked_until_ms > self._store.now_ms():
            raise NotAllowed("Terlalu banyak percobaan untuk nama ini. Coba lagi dalam lima menit.")
        if known is None or not is_right:
            if known is not None:
                self._store.sign_in_failed(name)
            raise NotAllowed("Nama atau kata sandi tidak cocok. Periksa keduanya lalu coba lagi.")
        secret = new_secret()
        self._store.sign_in(name, secret_hash(secret), new_secret(), self._store.now_ms() + SHIFT_MS)
        return secret

    def sign_out(self, asked: Request) -> None:
        self._store.sign_out(secret_hash(asked.cookies.get(COOKIE, "")))

    def session_of(self, asked: Request) -> Session | None:
        secret = asked.cookies.get(COOKIE, "")
        return self._store.session(secret_hash(secret)) if secret else None

    def _visitor(self, asked: Request, which: Policy) -> Visitor:
        header = asked.headers.get("Authorization", "")
        if which is Policy.PROGRAM and header:
            scheme, _, token = header.partition(" ")
            label = self._store.token_label(secret_hash(token.strip())) if scheme.lower() == "bearer" else None
            if label is None:
                raise NotSignedIn("Token ini tidak dikenal atau sudah dicabut.")
            return Visitor(officer=None, via=f"token {label}")
        found = self.session_of(asked)
        if found is None:
            raise NotSignedIn("Masuk dahulu sebagai petugas, atau kirim Authorization: Bearer dengan token.")
        if asked.method not in _SAFE_METHODS:
            given = asked.headers.get("X-CSRF-Token") or asked.form.get("csrf", "")
            if not hmac.compare_digest(given.encode(), found.csrf.encode()):
                raise NotAllowed("Halaman ini sudah kedaluwarsa. Muat ulang lalu coba lagi.")
        return Visitor(officer=found.officer, via="posko", session=found)


def _is_static(endpoint: str) -> bool:
    return endpoint == "static" or endpoint.endswith(".static")
