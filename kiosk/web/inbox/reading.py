"""What a resident wrote, for an officer who holds the key: in full on the case's own page, masked in the list.

Why something cannot be shown is said in its place: nobody has unlocked, the key is younger than the case, the data was
erased when its time was over.
"""

from __future__ import annotations

import msgspec

from kiosk.catalogue.forms import Question
from kiosk.core import nik
from kiosk.core.errors import NotFound
from kiosk.sealing.content import Content, read_content
from kiosk.sealing.envelope import BadEnvelope, NotForThisKey
from kiosk.sealing.office_key import Locked
from kiosk.store.complaints import complaint_envelope
from kiosk.store.requests import envelope_of
from kiosk.web.dates import day_in_words
from kiosk.web.office import Office

ERASED = "Data warga sudah dihapus karena masa simpannya lewat."


class Line(msgspec.Struct, frozen=True):
    """One answer: the question's short name, and what was said to it."""

    name: str
    shown: str


def content_of(here: Office, kind: str, case_id: str, holder: str) -> Content | str:
    """The content, or why it cannot be shown."""
    sealed = envelope_of(here.store, case_id) if kind == "permohonan" else complaint_envelope(here.store, case_id)
    if sealed is None:
        return ERASED
    try:
        return read_content(here.office_key.open(sealed, case_id, holder))
    except NotForThisKey:
        return "Disegel sebelum kantor ini punya kunci, atau untuk kunci yang lama: hanya pusat yang dapat membacanya."
    except (Locked, BadEnvelope) as error:
        return str(error)


def lines_of(here: Office, kind: str, content: Content) -> list[Line]:
    """Every answer in the order of the form; an answer to a question that has gone since keeps its own name."""
    questions = {one.id: one for one in _questions(here, kind, content.subject)}
    known = [id_ for id_ in questions if id_ in content.answers or id_ in content.skipped]
    gone = [id_ for id_ in content.answers if id_ not in questions]
    return [_line(questions.get(id_), id_, content) for id_ in (*known, *gone)]


def masked(content: Content) -> str:
    """Whose it is, as the list may show it: the first letter of each name and what `nik.masked` leaves."""
    number = nik.masked(content.answers["nik"]) if "nik" in content.answers else ""
    name = " ".join(f"{part[0]}•••" for part in content.answers.get("nama", "").split()[:3])
    return " · ".join(part for part in (name, number) if part) or "tanpa nama"


def _line(question: Question | None, id_: str, content: Content) -> Line:
    value = content.answers.get(id_, "")
    if question is None:
        return Line(id_, value)
    if id_ in content.skipped:
        shown = "belum diisi, dilengkapi di loket"
    elif question.kind == "nik":
        shown = nik.grouped(value)
    elif question.kind == "choice":
        option = question.option(value)
        shown = option.label.id if option else value
    elif question.kind == "date":
        shown = day_in_words(value, "id")
    else:
        shown = value
    return Line(question.short.id, shown or "–")


def _questions(here: Office, kind: str, subject: str) -> tuple[Question, ...]:
    try:
        if kind == "permohonan":
            return here.catalogue.form(here.catalogue.service(subject))
        return here.complaints.way(subject).questions
    except NotFound:  # the catalogue has changed since; the answers are shown by their own names
        return ()
