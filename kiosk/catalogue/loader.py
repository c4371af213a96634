"""The catalogues as values: the ones in the package, or a site's own file, under the same rules.

Decision: a file with a fault is refused whole. A kiosk that shows half a catalogue would send people home for papers
they don't need. Whoever is refused learns the file, the key and the line.

It caches nothing (a load takes milliseconds) and watches no file for changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar, get_args

import msgspec

from kiosk.catalogue.checks import Fault, catalogue_faults, code_faults, emergency_faults, question_file_faults
from kiosk.catalogue.codes import KentonganCodes
from kiosk.catalogue.complaints import ComplaintBook, complaint_faults
from kiosk.catalogue.emergency import EmergencyNumbers
from kiosk.catalogue.forms import Question, QuestionFile
from kiosk.catalogue.survey import Survey, survey_faults
from kiosk.catalogue.values import Catalogue, SiteKind
from kiosk.core.errors import BadToml
from kiosk.core.toml import dotted, line_of, loads, read

T = TypeVar("T")


def load_catalogue(kind_or_path: str | Path) -> Catalogue:
    """The packaged catalogue of a kind of site (`kelurahan`, `mpp`), or that of a file. Raises BadToml."""
    packaged = kind_or_path in get_args(SiteKind)
    shared = load_questions()

    def with_questions(catalogue: Catalogue) -> Catalogue:
        return msgspec.structs.replace(catalogue, questions=(*catalogue.questions, *shared))

    path = _packaged(f"{kind_or_path}.toml") if packaged else Path(kind_or_path)
    return with_questions(_load(path, Catalogue, lambda found: catalogue_faults(with_questions(found))))


def load_questions() -> tuple[Question, ...]:
    """The packaged questions that services share. Raises BadToml."""
    return _load(_packaged("questions.toml"), QuestionFile, question_file_faults).questions


def load_codes(path: Path | None = None) -> KentonganCodes:
    """The packaged kentongan codes, or those of a site's own file. Raises BadToml."""
    return _load(path or _packaged("kentongan_codes.toml"), KentonganCodes, code_faults)


def load_emergency(path: Path | None = None) -> EmergencyNumbers:
    """The packaged emergency numbers, or those of a site's own file. Raises BadToml."""
    return _load(path or _packaged("emergency.toml"), EmergencyNumbers, emergency_faults)


def load_complaints(path: Path | None = None) -> ComplaintBook:
    """The packaged ways to complain, or those of a site's own file. Raises BadToml."""
    return _load(path or _packaged("complaints.toml"), ComplaintBook, complaint_faults)


def load_survey() -> Survey:
    """The nine questions of the survey. Raises BadToml."""
    return _load(_packaged("survey.toml"), Survey, survey_faults)


def _packaged(name: str) -> Traversable:
    return files("kiosk.catalogue").joinpath(name)


def _load(path: Path | Traversable, type_: type[T], faults: Callable[[T], Iterator[Fault]]) -> T:
    text = read(path)
    value = loads(text, str(path), type_)
    for place, why in faults(value):
        raise BadToml(str(path), dotted(place), line_of(text, place), why)
    return value
