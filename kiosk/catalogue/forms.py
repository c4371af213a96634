"""The questions that a service asks, as data, and what an answer to each must look like. Pure.

Decision: a question is asked alone on a screen, so it carries its own words; services name the questions they need and
share them. An answer is checked once, here; a fault names a sentence of the language files that says what to do, and
nothing is refused for looking unusual: people have one name, no telephone, or a NIK with a wrong date in it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.catalogue.wording import Sign, Slug, Words
from kiosk.core import nik

QuestionKind = Literal["nik", "phone", "name", "text", "date", "choice"]
MAX_OPTIONS = 6  # with "Lanjut" below them they stay as large as a finger on the smallest panel
_LETTERS = {"nik": nik.LENGTH, "phone": 15, "name": 60, "text": 240, "date": 10, "choice": 40}
# Writing that reverses or hides other writing; nobody types it, and an officer must see what was written.
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a choice."""

    id: Slug
    label: Words
    icon: Sign | None = None


class When(Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """Asked only if an earlier choice was this."""

    question: Slug
    is_: Annotated[str, Meta(min_length=1, max_length=40)]


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One decision on one screen. `short` names the answer in the review; `until_today`: a date that has been."""

    id: Slug
    kind: QuestionKind
    ask: Words
    short: Words
    hint: Words | None = None
    options: Annotated[tuple[Option, ...], Meta(max_length=MAX_OPTIONS)] = ()
    optional: bool = False
    personal: bool = True  # hidden from the loudspeaker and masked where it is shown
    until_today: bool = False
    letters: Annotated[int, Meta(ge=1, le=600)] | None = None
    when: When | None = None

    @property
    def limit(self) -> int:
        return self.letters or _LETTERS[self.kind]

    def option(self, id_: str) -> Option | None:
        return next((option for option in self.options if option.id == id_), None)


class QuestionFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Questions that services share."""

    version: Annotated[int, Meta(ge=1)]
    questions: tuple[Question, ...]


class Answer(Struct, frozen=True):
    """What was made of an answer. `fault` and `warning` are keys of the language files, `figures` what they name."""

    value: str
    fault: str = ""
    warning: str = ""
    figures: dict[str, int] = {}


def checked(question: Question, typed: str, today: date) -> Answer:
    """The answer as it is kept, or what to do about it. Nothing of what was typed is lost on a fault."""
    text = plain(typed)
    if not text:
        return Answer("") if question.optional else Answer("", f"fault_{question.kind}_empty")
    match question.kind:
        case "nik":
            return _nik(nik.digits(text))
        case "phone":
            return _phone(re.sub(r"[\s().-]", "", text))
        case "date":
            return _date(text, question, today)
        case "choice":
            return Answer(text) if question.option(text) else Answer("", "fault_choice_empty")
        case "name" | "text":
            over = len(text) - question.limit
            return (
                Answer(text[: question.limit], "fault_too_long", figures={"over": over}) if over > 0 else Answer(text)
            )


def plain(typed: str) -> str:
    """One line of NFC text without control characters or hidden writing."""
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", typed))
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())


def asked(questions: tuple[Question, ...], answers: dict[str, str]) -> tuple[Question, ...]:
    """The questions that apply to the answers so far, in order."""
    return tuple(one for one in questions if one.when is None or answers.get(one.when.question) == one.when.is_)


def _nik(digits: str) -> Answer:
    if len(digits) != nik.LENGTH:
        return Answer(digits[:40], "fault_nik_length", figures={"filled": len(digits)})
    return Answer(digits, warning="warning_nik" if nik.looks_odd(digits) else "")


def _phone(text: str) -> Answer:
    local = "0" + text[3:] if text.startswith("+62") else text
    if not re.fullmatch(r"0[0-9]{7,13}", local):
        return Answer(nik.digits(text)[:40], "fault_phone")
    return Answer(local)


def _date(text: str, question: Question, today: date) -> Answer:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return Answer("", "fault_date_empty")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return Answer("", "fault_date_none")
    if question.until_today and found > today:
        return Answer("", "fault_date_future")
    return Answer(text)
