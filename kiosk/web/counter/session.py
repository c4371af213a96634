"""Who sits at which counter: a signed cookie for an hour after the last action, and a token against forged forms.

The cookie is HttpOnly and SameSite=Strict; it names officer and counter and holds no secret of theirs. An hour, because
a long visit must not end in a sign-in and an abandoned desk must not stay open over lunch.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import msgspec
from flask import request, session

from kiosk.core.decoding import converted
from kiosk.core.errors import BadInput, NotAllowed
from kiosk.store.counters import leave_counter, take_counter
from kiosk.store.officers import find_officer, sign_in
from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.desks import agencies_at
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
    role: str = "officer"

    @property
    def leads(self) -> bool:
        """Whether days, accounts and all counters are theirs to look after."""
        return self.role in ("supervisor", "technician")


def start_session(name: str, pin: str, counter: int) -> Signed:
    """Signs in. Raises NotAllowed for a wrong PIN or a lock, BadInput for a counter that does not exist."""
    counters = office().settings.site.counters
    if not 1 <= counter <= counters:
        raise BadInput(f"Loket {counter} tidak ada di sini: pilih 1 sampai {counters}.")
    here = office()
    officer = sign_in(here.store, name, pin)
    if officer.agency and officer.agency not in agencies_at(here.catalogue, counters, counter):
        journal_refusal(here.store, officer.name, counter, "sign-in", "another-agency")
        raise NotAllowed(f"Loket {counter} melayani instansi lain. Pilih loket instansi Anda.")
    take_counter(here.store, counter, officer.name)
    signed = Signed(officer.name, counter, secrets.token_urlsafe(24), officer.role)
    session.clear()
    session.permanent = True
    session["signed"] = msgspec.to_builtins(signed)
    return signed


def is_line_safe() -> bool:
    """Whether a PIN may travel on this request: by HTTPS, on this machine, or where the site serves no HTTPS."""
    local = request.remote_addr in ("127.0.0.1", "::1")
    return request.is_secure or local or not office().settings.kiosk.tls_port


def require_safe_line() -> None:
    """Raises NotAllowed where a PIN would travel in the clear."""
    if not is_line_safe():
        raise NotAllowed("Buka meja petugas lewat alamat https.")


def end_session() -> None:
    signed = signed_in()
    if signed is not None:
        leave_counter(office().store, signed.counter, signed.officer)
    session.clear()


def signed_in() -> Signed | None:
    """Who is signed in here; nobody whose account was closed or given another role meanwhile."""
    held = session.get("signed")
    signed = None if held is None else converted(held, Signed)
    if signed is None:
        return None
    officer = find_officer(office().store, signed.officer)
    return signed if officer is not None and officer.role == signed.role else None


def require_officer(counter: int | None = None) -> Signed:
    """The signed-in officer, whose hour begins anew. Raises NotAllowed, also when it is another counter's."""
    signed = signed_in()
    if signed is None:
        raise NotSignedIn("Masuk dulu dengan nama dan PIN di /loket/.")
    if counter is not None and counter != signed.counter:
        raise NotAllowed(f"Anda masuk di loket {signed.counter}, bukan {counter}.")
    session.modified = True
    return signed


def require_leader() -> Signed:
    """The signed-in supervisor or technician. Raises NotAllowed for everybody else."""
    signed = require_officer()
    if not signed.leads:
        raise NotAllowed("Halaman ini hanya untuk pengawas.")
    return signed


def require_csrf(signed: Signed, token: str) -> None:
    """Raises NotAllowed unless the form or program carries the token of this session."""
    if not hmac.compare_digest(signed.csrf.encode(), token.encode()):
        raise NotAllowed("Formulir ini tidak berasal dari halaman Anda. Muat ulang halaman, lalu coba lagi.")
