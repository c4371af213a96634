"""What an office offers, as frozen values: services with the six standard items, their agencies, groups and counters.

Decision: UU 25/2009 and PermenPANRB 15/2014 want six items shown before anyone queues (requirements, procedure, time,
fee, product, how to complain), so a service without one of them is no service here: every item is a required field.

It holds no opening hours and no state, and nothing here knows TOML; `checks` compares values with each other.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.catalogue.forms import Question
from kiosk.catalogue.wording import Letter, Sign, Slug, Source, Text, Words
from kiosk.core.errors import NotFound

SiteKind = Literal["kelurahan", "mpp"]
ServiceKind = Literal["letter", "civil-record", "licence", "police", "insurance"]
MAX_CHOICES = 8  # on one screen: more than that a person no longer compares, and a page has no room at 20 mm a choice


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of an official price list. Without `amount_idr` the fee is worked out case by case; `note` says how."""

    note: Words
    amount_idr: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    source: Source | None = None  # None: the source of the service

    def in_(self, language: str) -> str:
        """The line as people read it: `SIM A baru: Rp120.000`."""
        note = self.note.in_(language)
        return note if self.amount_idr is None else f"{note}: {rupiah(self.amount_idr)}"


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a resident comes for, with everything that is published before anyone queues."""

    id: Slug
    letter: Letter  # in front of the ticket number
    agency: Slug
    kind: ServiceKind
    icon: Sign
    name: Words
    summary: Words
    requirements: Annotated[tuple[Words, ...], Meta(min_length=1, max_length=10)]
    procedure: Annotated[tuple[Words, ...], Meta(min_length=1, max_length=8)]
    fees: Annotated[tuple[Fee, ...], Meta(min_length=1, max_length=8)]
    duration_min: Annotated[int, Meta(ge=1, le=480)]  # usual minutes at the counter
    completion: Words  # when the product can be had
    product: Words
    complaint_channel: Words
    source: Source
    priority: bool = True  # elderly, disabled and pregnant people come first here
    form: Annotated[tuple[Slug, ...], Meta(max_length=12)] = ()  # questions of a request; none: only at the counter

    @property
    def free(self) -> bool:
        """Whether nothing at all may be charged."""
        return all(fee.amount_idr == 0 for fee in self.fees)


class Agency(Struct, frozen=True, forbid_unknown_fields=True):
    """Who serves. With `shared_queue` all its services draw from one series of numbers and have one letter."""

    id: Slug
    name: Words
    short_name: Text
    icon: Sign
    shared_queue: bool = False


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice on the first screen, which opens the choices inside it."""

    id: Slug
    name: Words
    icon: Sign
    services: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=MAX_CHOICES)]


class Counter(Struct, frozen=True, forbid_unknown_fields=True):
    """A counter (loket) and what is served there."""

    number: Annotated[int, Meta(ge=1, le=99)]
    services: Annotated[tuple[Slug, ...], Meta(min_length=1)]


class Priority(Struct, frozen=True, forbid_unknown_fields=True):
    """People who come first once staff have verified it."""

    id: Slug
    name: Words
    source: Source


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """All of one office. A catalogue that the loader returned is consistent: every id leads somewhere."""

    version: Annotated[int, Meta(ge=1)]  # counts up with every change of the file
    site_kind: SiteKind
    dated: datetime.date  # when somebody last went through the whole file
    priorities: tuple[Priority, ...]
    agencies: Annotated[tuple[Agency, ...], Meta(min_length=1)]
    groups: Annotated[tuple[Group, ...], Meta(min_length=1, max_length=MAX_CHOICES)]
    services: Annotated[tuple[Service, ...], Meta(min_length=1)]
    counters: tuple[Counter, ...] = ()
    questions: tuple[Question, ...] = ()  # the site's own, before the packaged ones (`questions.toml`)

    def form(self, service: Service) -> tuple[Question, ...]:
        """What is asked of whoever requests the service, in order."""
        known = {question.id: question for question in reversed(self.questions)}
        return tuple(known[id_] for id_ in service.form)

    def service(self, id_: str) -> Service:
        """Raises NotFound."""
        for service in self.services:
            if service.id == id_:
                return service
        raise NotFound(f"layanan {id_!r} tidak ada di kantor ini: pilih dari daftar layanan")

    def agency(self, id_: str) -> Agency:
        """Raises NotFound."""
        for agency in self.agencies:
            if agency.id == id_:
                return agency
        raise NotFound(f"instansi {id_!r} tidak ada di kantor ini")

    def group(self, id_: str) -> Group:
        """Raises NotFound."""
        for group in self.groups:
            if group.id == id_:
                return group
        raise NotFound(f"kelompok layanan {id_!r} tidak ada di kantor ini")

    def group_of(self, service_id: str) -> Group:
        """The group in which a resident finds the service. Raises NotFound."""
        for group in self.groups:
            if service_id in group.services:
                return group
        raise NotFound(f"layanan {service_id!r} tidak ada di kantor ini: pilih dari daftar layanan")

    def series(self, service_id: str) -> str:
        """What counts the numbers of a service: itself, or its agency where that has one queue for everything."""
        service = self.service(service_id)
        return service.agency if self.agency(service.agency).shared_queue else service.id


def rupiah(amount_idr: int) -> str:
    """`Rp120.000`: no space and full stops, as in official Indonesian writing."""
    return "Rp" + f"{amount_idr:,}".replace(",", ".")
