"""The satisfaction survey: opened by a served ticket's code, nine questions with four faces each, sent once.

The answers wait in memory until the ninth, so that half a survey is none.
"""

from __future__ import annotations

import msgspec
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.errors import BadInput, Conflict
from kiosk.core.ids import track_hash
from kiosk.store.surveys import answer_survey, require_unanswered
from kiosk.store.tickets import find, find_by_track
from kiosk.web.drafts import Draft, DraftGone
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.tracking import ask_again, code_page, typed_code
from kiosk.web.resident.visit import keep, visit


@blueprint.get("/survei/")
def survey() -> Response:
    return code_page("survey")


@blueprint.post("/survei/")
def open_survey() -> Response:
    office().tracking.take()
    typed = typed_code()
    try:
        ticket = find_by_track(office().store, track_hash(typed))
        require_unanswered(office().store, ticket)
    except (BadInput, Conflict) as error:
        return ask_again("resident.survey", error)
    return _begin(ticket.id)


@blueprint.post("/survei/mulai")
def begin_survey() -> Response:
    """From the page of a ticket that was found by its code."""
    kind, _, case_id = visit().looked_up.partition(":")
    if kind != "ticket":
        return redirect(url_for("resident.survey"), 303)
    require_unanswered(office().store, find(office().store, case_id))
    return _begin(case_id)


@blueprint.get("/survei/<int:number>")
def survey_question(number: int) -> str:
    draft, questions = _draft(), office().survey.questions
    if not 1 <= number <= len(questions):
        raise DraftGone()
    before = url_for("resident.survey_question", number=number - 1) if number > 1 else url_for("resident.survey")
    return page(
        "survey",
        question=questions[number - 1],
        number=number,
        count=len(questions),
        given=draft.answers.get(questions[number - 1].element, ""),
        before=before,
    )


@blueprint.post("/survei/<int:number>")
def answer_survey_question(number: int) -> Response:
    draft, questions = _draft(), office().survey.questions
    value = request.form.get("value", "")
    if not 1 <= number <= len(questions) or value not in ("1", "2", "3", "4"):
        raise BadInput("Belum ada jawaban. Sentuh salah satu gambar.")
    answers = {**draft.answers, questions[number - 1].element: value}
    office().drafts.put(visit().draft, msgspec.structs.replace(draft, answers=answers))
    open_ = next((at for at, one in enumerate(questions, 1) if one.element not in answers), None)
    if open_ is not None:
        return redirect(url_for("resident.survey_question", number=open_), 303)
    ticket = find(office().store, draft.subject)
    answer_survey(office().store, ticket, {element: int(given) for element, given in answers.items()})
    office().drafts.drop(visit().draft)
    return keep(redirect(url_for("resident.survey_done"), 303), msgspec.structs.replace(visit(), draft=""))


@blueprint.get("/survei/selesai")
def survey_done() -> str:
    return page("thanks")


def _begin(ticket_id: str) -> Response:
    name = office().drafts.begin("survey", ticket_id)
    changed = msgspec.structs.replace(visit(), draft=name, told="")
    return keep(redirect(url_for("resident.survey_question", number=1), 303), changed)


def _draft() -> Draft:
    draft = office().drafts.get(visit().draft)
    if draft.kind != "survey":
        raise DraftGone()
    return draft
