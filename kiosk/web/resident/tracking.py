"""Finding a ticket, a request or a complaint again by its code, typed on the glass or read by a scanner.

The page says how far it is and what to do next; it holds nobody's name and nothing that anyone wrote in a form.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec
from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.clock import local_time
from kiosk.core.complaint import Complaint
from kiosk.core.errors import BadInput, Conflict, KentonganError, NotFound
from kiosk.core.ids import track_hash
from kiosk.core.request import ServiceRequest
from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.complaints import find_complaint
from kiosk.store.requests import find_request
from kiosk.store.submissions import find_case
from kiosk.store.surveys import require_unanswered
from kiosk.store.tickets import find
from kiosk.web.dates import moment_in_words
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.standing import standing
from kiosk.web.resident.visit import keep, visit

_TONES = {"ready": "ok", "incomplete": "waiting", "refused": "waiting", "answered": "ok"}
_WAY = {  # how far along the usual way each state is
    "request": ("submitted", "checking", "signing", "ready", "collected"),
    "complaint": ("filed", "forwarded", "working", "answered", "closed"),
}


@blueprint.get("/lacak")
def track() -> Response:
    return code_page("track")


@blueprint.post("/lacak")
def look_up() -> Response:
    office().tracking.take()
    try:
        kind, case_id = find_case(office().store, track_hash(typed_code()))
    except BadInput as error:
        return ask_again("resident.track", error)
    changed = msgspec.structs.replace(visit(), looked_up=f"{kind}:{case_id}", told="")
    return keep(redirect(url_for("resident.found"), 303), changed)


@blueprint.get("/lacak/hasil")
def found() -> str | Response:
    seen, store = visit(), office().store
    kind, _, case_id = seen.looked_up.partition(":")
    if kind == "ticket":
        ticket = find(store, case_id)
        return page("found", can_answer=_may_answer(ticket), **standing(ticket, seen.language))
    if kind == "request":
        return page("case", **_request(*find_request(store, case_id)))
    if kind == "complaint":
        return page("case", **_complaint(find_complaint(store, case_id)))
    return redirect(url_for("resident.track"), 303)


def code_page(purpose: str) -> Response:
    """The page on which a code is typed; what was wrong with the last one is told once."""
    seen, typed = visit(), ""
    if seen.typed:
        with suppress(NotFound):
            typed = office().drafts.get(seen.typed).subject
        office().drafts.drop(seen.typed)
    drawn = make_response(page("track", purpose=purpose, error=seen.told, typed=typed))
    return keep(drawn, msgspec.structs.replace(seen, told="", typed="")) if seen.told else drawn


def ask_again(endpoint: str, error: KentonganError) -> Response:
    """Back to the page, which says what to do and shows what was typed."""
    name = office().drafts.begin("code", request.form.get("code", "")[:20].strip())
    changed = msgspec.structs.replace(visit(), told=str(error)[:200], typed=name)
    return keep(redirect(url_for(endpoint), 303), changed)


def typed_code() -> str:
    """What was typed, or the end of the address that a scanner types."""
    return request.form.get("code", "")[:300].strip().rstrip("/").rsplit("/", 1)[-1]


def _may_answer(ticket: Ticket) -> bool:
    if ticket.state is not TicketState.SERVED:
        return False
    try:
        require_unanswered(office().store, ticket)
    except Conflict:
        return False
    return True


def _request(found: ServiceRequest, note: str) -> dict[str, object]:
    language = visit().language
    name = office().catalogue.service(found.service).name.in_(language)
    return {**_case("request", found.state, found.submitted_ms), "title": name, "note": note, "overdue": ""}


def _complaint(found: Complaint) -> dict[str, object]:
    here, language = office(), visit().language
    say, name = speaker(language), here.complaints.way(found.kind).name.in_(language)
    overdue = ""
    if found.answered_ms is None:
        due = moment_in_words(local_time(found.due_ms, here.utc_offset_h), language)
        late = found.is_overdue(here.store.now().wall_ms)
        overdue = say("complaint_late" if late else "complaint_promise", due=due)
    return {**_case("complaint", found.state, found.filed_ms), "title": name, "note": found.note, "overdue": overdue}


def _case(kind: str, state: str, began_ms: int) -> dict[str, object]:
    here, language = office(), visit().language
    say, way = speaker(language), _WAY[kind]
    at = way.index(state) if state in way else -1
    return {
        "kind": kind,
        "state": say(f"{kind}_{state}"),
        "next_step": say(f"{kind}_{state}_next"),
        "tone": _TONES.get(state, "idle"),
        "began": moment_in_words(local_time(began_ms, here.utc_offset_h), language),
        "way": [(say(f"{kind}_{one}"), "yes" if index <= at else "no") for index, one in enumerate(way)]
        if at >= 0
        else [],
    }
