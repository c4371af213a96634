"""Rules of a catalogue that no single value can break alone: ids that lead nowhere, letters taken twice.

Every rule yields the place of the fault, so that the loader can name the line. Pure; the first fault is enough to
refuse a file, but all are found, for a later editor.
"""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Iterator

from kiosk.catalogue.codes import KentonganCodes
from kiosk.catalogue.emergency import EmergencyNumbers
from kiosk.catalogue.forms import Question, QuestionFile
from kiosk.catalogue.values import Catalogue
from kiosk.core.toml import KeyPath

Fault = tuple[KeyPath, str]


def catalogue_faults(catalogue: Catalogue) -> Iterator[Fault]:
    """What is wrong between the values of a catalogue, with places such as ("services", 3, "letter")."""
    for table in ("priorities", "agencies", "groups", "services"):
        yield from _twice(table, "id", (one.id for one in getattr(catalogue, table)))
    yield from _twice("counters", "number", (counter.number for counter in catalogue.counters))
    yield from _agency_faults(catalogue)
    yield from _letter_faults(catalogue)
    yield from _group_faults(catalogue)
    yield from _counter_faults(catalogue)
    yield from _form_faults(catalogue)
    for at, key, why in question_faults(catalogue.questions):
        yield ("questions", at, key), why


def code_faults(codes: KentonganCodes) -> Iterator[Fault]:
    """What is wrong between kentongan codes."""
    yield from _twice("profiles", "id", (profile.id for profile in codes.profiles))
    for at, profile in enumerate(codes.profiles):
        events = [code.event for code in profile.codes]
        for (*place, key), why in _twice("codes", "event", events):
            yield ("profiles", at, *place, key), why
        if "any-danger" not in events:
            yield ("profiles", at, "codes"), "belum ada kode any-danger: tombol umum membunyikan titir"
        for index, code in enumerate(profile.codes):
            if code.event == "safe" and code.automatic:
                yield ("profiles", at, "codes", index, "automatic"), "kode aman tidak boleh dibunyikan otomatis"


def emergency_faults(emergency: EmergencyNumbers) -> Iterator[Fault]:
    """What is wrong between emergency numbers."""
    yield from _twice("numbers", "number", (one.number for one in emergency.numbers))


def _twice(table: str, key: str, values: Iterable[Hashable]) -> Iterator[Fault]:
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield (table, index, key), f"{value} sudah dipakai di atas: beri yang lain"
        seen.add(value)


def _agency_faults(catalogue: Catalogue) -> Iterator[Fault]:
    agencies = {agency.id for agency in catalogue.agencies}
    for index, service in enumerate(catalogue.services):
        if service.agency not in agencies:
            yield ("services", index, "agency"), _unknown("instansi", service.agency, agencies)
        if service.id in agencies:  # both may name a series of numbers
            yield ("services", index, "id"), f"{service.id} sudah dipakai sebagai instansi: beri yang lain"


def _letter_faults(catalogue: Catalogue) -> Iterator[Fault]:
    shared = {agency.id for agency in catalogue.agencies if agency.shared_queue}
    series_of: dict[str, str] = {}
    letter_of: dict[str, str] = {}
    for index, service in enumerate(catalogue.services):
        series = service.agency if service.agency in shared else service.id
        if series_of.setdefault(service.letter, series) != series:
            why = f"huruf {service.letter} sudah dipakai antrean {series_of[service.letter]}: dua nomor akan sama"
            yield ("services", index, "letter"), why
        elif letter_of.setdefault(series, service.letter) != service.letter:
            why = f"antrean {series} memakai huruf {letter_of[series]}: samakan"
            yield ("services", index, "letter"), why


def _group_faults(catalogue: Catalogue) -> Iterator[Fault]:
    services = {service.id for service in catalogue.services}
    shown: dict[str, str] = {}
    for at, group in enumerate(catalogue.groups):
        for index, id_ in enumerate(group.services):
            place: KeyPath = ("groups", at, "services", index)
            if id_ not in services:
                yield place, _unknown("layanan", id_, services)
            elif id_ in shown:
                yield place, f"layanan {id_} sudah ada di kelompok {shown[id_]}"
            shown.setdefault(id_, group.id)
    for index, service in enumerate(catalogue.services):
        if service.id not in shown:
            yield ("services", index, "id"), f"layanan {service.id} belum masuk kelompok: warga tidak akan menemukannya"


def _counter_faults(catalogue: Catalogue) -> Iterator[Fault]:
    services = {service.id for service in catalogue.services}
    served: set[str] = set()
    for at, counter in enumerate(catalogue.counters):
        for index, id_ in enumerate(counter.services):
            if id_ not in services:
                yield ("counters", at, "services", index), _unknown("layanan", id_, services)
        served.update(counter.services)
    for index, service in enumerate(catalogue.services):
        if catalogue.counters and service.id not in served:
            yield ("services", index, "id"), f"layanan {service.id} belum punya loket: tambahkan di counters"


def _form_faults(catalogue: Catalogue) -> Iterator[Fault]:
    known = {question.id: question for question in reversed(catalogue.questions)}
    for at, service in enumerate(catalogue.services):
        for index, id_ in enumerate(service.form):
            place: KeyPath = ("services", at, "form", index)
            if id_ not in known:
                yield place, _unknown("pertanyaan", id_, known)
            elif id_ in service.form[:index]:
                yield place, f"pertanyaan {id_} sudah ada di formulir ini"
            elif (when := known[id_].when) is not None and when.question not in service.form[:index]:
                yield place, f"pertanyaan {id_} mengikuti {when.question}, yang harus ditanyakan lebih dulu"


def question_faults(questions: Iterable[Question]) -> Iterator[tuple[int, str, str]]:
    """(index, key, why) of questions that cannot be asked as they are."""
    for index, question in enumerate(questions):
        if (question.kind == "choice") != bool(question.options):
            yield index, "options", "pilihan ditulis untuk jenis choice, dan hanya untuk itu"
        if question.kind == "choice" and question.optional:
            yield index, "optional", "sebuah pilihan selalu dijawab: tambahkan pilihan untuk yang tidak tahu"


def question_file_faults(file: QuestionFile) -> Iterator[Fault]:
    """What is wrong between the questions that services share."""
    yield from _twice("questions", "id", (question.id for question in file.questions))
    for at, key, why in question_faults(file.questions):
        yield ("questions", at, key), why


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"{what} {name} tidak ada" + (f"; mungkin maksud Anda {close[0]!r}?" if close else "")
