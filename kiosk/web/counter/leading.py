"""What a supervisor looks after: every counter at a glance, the business day, and who may sign in."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from kiosk.core.clock import local_time
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.store import days
from kiosk.store.counters import counters
from kiosk.store.hall import tickets_by_state, waiting_by_service
from kiosk.store.officers import ROLES, accounts, add_officer, close_account
from kiosk.store.queue import at_counter
from kiosk.store.report import day_report
from kiosk.web.counter.mount import blueprint
from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.counter.session import NotSignedIn, Signed, require_csrf, require_leader
from kiosk.web.live import live
from kiosk.web.office import office
from kiosk.web.report.lines import minutes
from kiosk.web.words import PAUSE_WORDS, ROLE_WORDS

_PIN_LENGTHS = range(4, 9)
_NAME_LIMIT = 60


@blueprint.get("/pengawas")
def overview() -> str | AnyResponse:
    try:
        signed = require_leader()
    except NotSignedIn:
        return redirect(url_for("counter.sign_in_page"), 303)
    here = office()
    hall = Markup(_hall())  # noqa: S704 - drawn and escaped by our own template
    closed = days.is_closed(here.store)
    return render_template(
        "counter/overview.html", site=here.settings.site, signed=signed, hall=hall, closed=closed,
        at_close=here.settings.queue.at_close,
    )  # fmt: skip


@blueprint.get("/pengawas/events")
def overview_events() -> Response:
    require_leader()
    return live(_hall)


def _hall() -> str:
    here = office()
    store, site = here.store, here.settings.site
    day, held = days.today(store), {one.number: one for one in counters(store)}
    desks = [(number, held.get(number), at_counter(store, number)) for number in range(1, site.counters + 1)]
    waiting = waiting_by_service(store, day)
    return render_template(
        "counter/_hall.html",
        day=day,
        closed=days.is_closed(store),
        desks=desks,
        clock=lambda at_ms: f"{local_time(at_ms, here.utc_offset_h):%H.%M}",
        waiting=[
            (here.catalogue.service(id_), people) for id_, people in sorted(waiting.items(), key=lambda one: -one[1])
        ],
        counted=tickets_by_state(store, day),
        report=day_report(store, day, here.utc_offset_h) if day is not None else None,
        minutes=minutes,
        pause_words=PAUSE_WORDS,
    )


@blueprint.post("/pengawas/hari/<any('tutup', 'buka-lagi', 'hari-baru'):wish>")
def change_day(wish: str) -> AnyResponse:
    signed = _leader_with_form()
    here, reason = office(), " ".join(request.form.get("reason", "").split())
    try:
        if not 1 <= len(reason) <= 80:
            raise BadInput("Tuliskan alasan, paling banyak 80 huruf.")
        if wish == "tutup":
            done = days.close_day(here.store, here.utc_offset_h, here.settings.queue, signed.officer, reason)
            flash(f"Hari {done.day} ditutup: {done.ended} nomor diakhiri, {done.carried} dibawa ke hari berikut.")
        elif wish == "buka-lagi":
            flash(f"Hari {days.reopen_day(here.store, signed.officer, reason)} dibuka lagi.")
        else:
            opened = days.begin_day(here.store, here.utc_offset_h, here.settings.queue, signed.officer, reason)
            flash(f"Hari layanan {opened} dibuka, nomor mulai dari 001.")
    except (BadInput, Conflict) as error:
        flash(str(error))
        journal_refusal(here.store, signed.officer, signed.counter, wish, error.code)
    return redirect(url_for("counter.overview"), 303)


@blueprint.get("/petugas")
def staff() -> str:
    signed, here = require_leader(), office()
    return render_template(
        "counter/staff.html", site=here.settings.site, signed=signed, accounts=accounts(here.store),
        agencies=here.catalogue.agencies, roles=ROLE_WORDS, now_ms=here.store.now().wall_ms,
    )  # fmt: skip


@blueprint.post("/petugas")
def set_account() -> AnyResponse:
    """Adds an account or gives an existing one a new PIN, role and agency."""
    signed = _leader_with_form()
    here, form = office(), request.form
    name, pin = " ".join(form.get("name", "").split()), form.get("pin", "")
    role, agency = form.get("role", ""), form.get("agency", "")
    try:
        if not 1 <= len(name) <= _NAME_LIMIT:
            raise BadInput(f"Nama petugas 1 sampai {_NAME_LIMIT} huruf.")
        if len(pin) not in _PIN_LENGTHS or not (pin.isascii() and pin.isdigit()):
            raise BadInput("PIN terdiri dari 4 sampai 8 angka.")
        if role not in ROLES:
            raise BadInput("Pilih peran petugas.")
        if agency:
            here.catalogue.agency(agency)
        add_officer(here.store, name, pin, role, agency, by=signed.officer)
        flash(f"{name} siap masuk sebagai {ROLE_WORDS[role].lower()}.")
    except BadInput as error:
        flash(str(error))
        journal_refusal(here.store, signed.officer, signed.counter, "set-account", error.code)
    return redirect(url_for("counter.staff"), 303)


@blueprint.post("/petugas/tutup")
def end_account() -> AnyResponse:
    signed = _leader_with_form()
    here, name = office(), request.form.get("name", "")
    try:
        if name == signed.officer:
            raise Conflict("Akun Anda sendiri tidak dapat ditutup dari sini.")
        close_account(here.store, name, signed.officer)
        flash(f"Akun {name} ditutup.")
    except (Conflict, NotFound) as error:
        flash(str(error))
        journal_refusal(here.store, signed.officer, signed.counter, "close-account", error.code)
    return redirect(url_for("counter.staff"), 303)


def _leader_with_form() -> Signed:
    signed = require_leader()
    require_csrf(signed, request.form.get("csrf", ""))
    return signed
