"""Filling a form in: one question a page, a review, and one sending. For requests and complaints alike.

Every answer is posted and answered by a redirect, so that nothing that was typed is in the history; what is wrong is
kept with the draft and told by the page that asks again.
"""

from __future__ import annotations

from datetime import date

import msgspec
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.catalogue.forms import Question, asked, checked
from kiosk.core import nik
from kiosk.core.clock import local_time
from kiosk.core.errors import NotFound
from kiosk.web.dates import day_in_words
from kiosk.web.drafts import Draft, DraftGone, Told
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.sending import hand_in
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import keep, visit

_MONTHS = range(1, 13)


class Line(msgspec.Struct, frozen=True):
    """One answer in the review, as it may be shown: a NIK masked."""

    id: str
    name: str
    shown: str
    private: bool


@blueprint.post("/isi/mulai")
def begin_form() -> Response:
    """The resident has agreed to what the page before says."""
    kind, subject = request.form.get("kind", ""), request.form.get("subject", "")
    if kind == "request":
        first = office().catalogue.form(office().catalogue.service(subject))[0]
        name = office().drafts.begin("request", subject)
    else:
        first = office().complaints.way(subject).questions[0]
        name = office().drafts.begin("complaint", subject)
    office().drafts.drop(visit().draft)
    return keep(
        redirect(url_for("resident.question", question_id=first.id), 303), msgspec.structs.replace(visit(), draft=name)
    )


@blueprint.get("/isi/<question_id>")
def question(question_id: str) -> str:
    draft = _draft()
    steps = asked(_questions(draft), draft.answers)
    at = _place(steps, question_id)
    one, told = steps[at], draft.told
    value = draft.answers.get(one.id, "")
    return page(
        "question",
        question=one,
        value=nik.grouped(value) if one.kind == "nik" else value,
        told=told if told is not None and told.question == one.id else None,
        step=at + 1,
        steps=len(steps),
        before=url_for("resident.question", question_id=steps[at - 1].id) if at else _start_of(draft),
        this_year=_today().year,
        months=_MONTHS,
    )


@blueprint.post("/isi/<question_id>")
def answer(question_id: str) -> Response:
    draft = _draft()
    one = _questions(draft)[_place(_questions(draft), question_id)]
    if "skip" in request.form:
        answers = {key: value for key, value in draft.answers.items() if key != one.id}
        moved = msgspec.structs.replace(draft, answers=answers, skipped=draft.skipped | {one.id}, told=None)
        return _on(moved, one)
    typed = _typed(one)
    found = checked(one, typed, _today())
    answers = {**draft.answers, one.id: found.value}
    kept = msgspec.structs.replace(draft, answers=answers, skipped=draft.skipped - {one.id}, told=None)
    warned_before = draft.told is not None and draft.answers.get(one.id) == found.value
    if found.fault or (found.warning and not warned_before):
        told = Told(one.id, found.fault or found.warning, found.figures, bool(found.fault))
        office().drafts.put(visit().draft, msgspec.structs.replace(kept, told=told))
        return redirect(url_for("resident.question", question_id=one.id), 303)
    return _on(kept, one)


@blueprint.get("/isi/periksa")
def review() -> str | Response:
    draft = _draft()
    steps = asked(_questions(draft), draft.answers)
    missing = next((one for one in steps if one.id not in draft.answers and one.id not in draft.skipped), None)
    if missing is not None:
        return redirect(url_for("resident.question", question_id=missing.id), 303)
    lines = [_line(one, draft) for one in steps]
    back = url_for("resident.question", question_id=steps[-1].id)
    return page("review", draft=draft, lines=lines, title=_subject(draft), before=back)


@blueprint.post("/isi/kirim")
def send_form() -> Response:
    """Sends once, however often it is pressed: the key on the page decides, even after the draft is gone."""
    key = request.form.get("key", "")[:128]
    hand_in(office(), visit().draft, key, visit().language)
    office().drafts.drop(visit().draft)
    return keep(redirect(url_for("resident.receipt"), 303), msgspec.structs.replace(visit(), draft="", receipt=key))


def _on(draft: Draft, after: Question) -> Response:
    """Keeps the draft and goes to the next question that has no answer yet; when all have, to the review."""
    office().drafts.put(visit().draft, draft)
    steps = asked(_questions(draft), draft.answers)
    for one in steps[_place(steps, after.id) + 1 :]:
        if one.id not in draft.answers and one.id not in draft.skipped:
            return redirect(url_for("resident.question", question_id=one.id), 303)
    return redirect(url_for("resident.review"), 303)


def _typed(one: Question) -> str:
    if one.kind != "date":
        return request.form.get("answer", "")[:2_000]
    year, month, day = (request.form.get(part, "")[:4].strip() for part in ("year", "month", "day"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if year and month and day else ""


def _draft() -> Draft:
    draft = office().drafts.get(visit().draft)
    if draft.kind == "survey":
        raise DraftGone()
    return draft


def _questions(draft: Draft) -> tuple[Question, ...]:
    here = office()
    if draft.kind == "request":
        return here.catalogue.form(here.catalogue.service(draft.subject))
    return here.complaints.way(draft.subject).questions


def _subject(draft: Draft) -> str:
    here, language = office(), visit().language
    if draft.kind == "request":
        return here.catalogue.service(draft.subject).name.in_(language)
    return here.complaints.way(draft.subject).name.in_(language)


def _start_of(draft: Draft) -> str:
    if draft.kind == "complaint":
        return url_for("resident.complain_about", kind=draft.subject)
    group = office().catalogue.group_of(draft.subject)
    return url_for("resident.request_service", group_id=group.id, service_id=draft.subject)


def _place(steps: tuple[Question, ...], question_id: str) -> int:
    for at, one in enumerate(steps):
        if one.id == question_id:
            return at
    raise NotFound("Pertanyaan itu tidak ada di formulir ini. Mulai lagi dari awal.")


def _line(one: Question, draft: Draft) -> Line:
    language = visit().language
    say, value = speaker(language), draft.answers.get(one.id, "")
    if one.id in draft.skipped:
        shown = say("no_card_later") if one.kind == "nik" else say("left_empty")
    elif not value:
        shown = say("left_empty")
    elif one.kind == "nik":
        shown = nik.masked(value)
    elif one.kind == "choice":
        option = one.option(value)
        shown = option.label.in_(language) if option else value
    elif one.kind == "date":
        shown = day_in_words(value, language)
    else:
        shown = value
    return Line(one.id, one.short.in_(language), shown, one.personal)


def _today() -> date:
    here = office()
    return local_time(here.store.now().wall_ms, here.utc_offset_h).date()
