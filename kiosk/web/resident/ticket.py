"""Drawing a number, and the page that shows it.

POST → 303 → GET: what was posted is in no history, and the page's address names nobody. Which ticket it shows is known
from the visit's cookie alone and is forgotten with it.
"""

from __future__ import annotations

import msgspec
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.errors import BadInput, NotFound
from kiosk.core.print_job import PrintState
from kiosk.core.ticket import Ticket
from kiosk.http.body import json_answer
from kiosk.store.print_jobs import print_state
from kiosk.store.retries import issued_with
from kiosk.web.issuing import issue_ticket
from kiosk.web.office import office
from kiosk.web.qr import qr_picture
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import PRINT_LOOKS, speaker
from kiosk.web.resident.standing import standing
from kiosk.web.resident.visit import keep, visit
from kiosk.web.slip import track_url


@blueprint.post("/nomor")
def draw() -> Response:
    key, service = request.form.get("key", ""), request.form.get("service", "")
    if not key:
        raise BadInput("Nomor belum diambil. Mulai lagi dari awal, lalu tekan Ambil nomor.")
    issue_ticket(office(), service, key, visit().language)
    return keep(redirect(url_for("resident.ticket"), 303), msgspec.structs.replace(visit(), key=key, service=service))


@blueprint.get("/tiket")
def ticket() -> str | Response:
    here, seen = office(), visit()
    issued = issued_with(here.store, seen.key, seen.service) if seen.key else None
    if issued is None:
        return redirect(url_for("resident.home"), 303)
    url = track_url(here.settings, issued.track)
    return page(
        "ticket",
        track=issued.track,
        qr=qr_picture(url, speaker(seen.language)("qr_label")),
        **standing(issued.ticket, seen.language),
        paper=_paper(issued.ticket, seen.language),
    )


@blueprint.get("/tiket/keadaan")
def ticket_state() -> tuple[bytes, int, dict[str, str]]:
    """What may change while the page is looked at: place in the queue and paper."""
    here, seen = office(), visit()
    issued = issued_with(here.store, seen.key, seen.service) if seen.key else None
    if issued is None:
        raise NotFound("Layar sudah dikosongkan.")
    now = standing(issued.ticket, seen.language)
    words = {name: now[name] for name in ("ahead_words", "wait")}
    return json_answer({**words, "paper": _paper(issued.ticket, seen.language)})


def _paper(ticket: Ticket, language: str) -> dict[str, str]:
    """The print job in words. At a kiosk without a printer nothing is promised."""
    found = print_state(office().store, ticket.id)
    state: PrintState | None = found[0] if found else None
    tint, motion = PRINT_LOOKS[state]
    say, name = speaker(language), state.value if state is not None else "none"
    return {"tint": tint, "motion": motion, "words": say(f"print_{name}"), "advice": say(f"print_{name}_advice")}
