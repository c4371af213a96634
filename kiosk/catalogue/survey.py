"""The nine questions of the satisfaction survey in words; how they are counted is `kiosk.core.survey`'s business."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.catalogue.checks import Fault
from kiosk.catalogue.wording import Slug, Source, Words
from kiosk.core.survey import ELEMENTS, HIGHEST


class SurveyQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """One element; `answers` go from 1 to 4."""

    element: Slug
    name: Words
    ask: Words
    answers: Annotated[tuple[Words, ...], Meta(min_length=HIGHEST, max_length=HIGHEST)]


class Survey(Struct, frozen=True, forbid_unknown_fields=True):
    """All nine, in the order of the screen."""

    version: Annotated[int, Meta(ge=1)]
    source: Source
    questions: tuple[SurveyQuestion, ...]


def survey_faults(survey: Survey) -> Iterator[Fault]:
    """A survey that lacks an element cannot be counted."""
    found = [question.element for question in survey.questions]
    if sorted(found) != sorted(ELEMENTS):
        yield ("questions",), f"harus tepat sembilan unsur: {', '.join(ELEMENTS)}"
