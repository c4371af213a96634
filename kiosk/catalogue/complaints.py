"""What can be complained about or reported here, and what is asked: the topics are data, the promise is a setting."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.catalogue.checks import Fault, question_faults
from kiosk.catalogue.forms import Question
from kiosk.catalogue.wording import Sign, Words
from kiosk.core.complaint import ComplaintKind
from kiosk.core.errors import NotFound

TOPIC, IDENTITY, NAMED = "topik", "identitas", "terbuka"  # what the store asks of a filled form


class ComplaintWay(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two ways in: a complaint, or a report of something that may become a disturbance."""

    id: ComplaintKind
    name: Words
    summary: Words
    icon: Sign
    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=10)]


class ComplaintBook(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, in the order of the screen."""

    version: Annotated[int, Meta(ge=1)]
    dated: datetime.date
    ways: Annotated[tuple[ComplaintWay, ...], Meta(min_length=1, max_length=2)]

    def way(self, kind: str) -> ComplaintWay:
        """Raises NotFound."""
        for way in self.ways:
            if way.id == kind:
                return way
        raise NotFound("Jenis aduan itu tidak ada. Mulai lagi dari awal.")


def complaint_faults(book: ComplaintBook) -> Iterator[Fault]:
    """What is wrong between the values of the book."""
    for at, way in enumerate(book.ways):
        ids = [question.id for question in way.questions]
        for needed in (TOPIC, IDENTITY):
            if needed not in ids:
                yield ("ways", at, "questions"), f"pertanyaan {needed} harus ada"
        for index, key, why in question_faults(way.questions):
            yield ("ways", at, "questions", index, key), why
        for index, question in enumerate(way.questions):
            if question.when is not None and question.when.question not in ids[:index]:
                yield ("ways", at, "questions", index, "when"), "mengikuti pertanyaan yang belum ditanyakan"
