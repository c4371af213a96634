"""Services: groups, their services, and the six items of one before its number is drawn.

At most eight choices a page; nothing scrolls.
"""

from __future__ import annotations

from flask import request

from kiosk.catalogue.values import MAX_CHOICES, Service
from kiosk.core.errors import NotFound
from kiosk.store.hall import waiting_by_service
from kiosk.store.tickets import today, waiting_count
from kiosk.web.office import office
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import wait_words
from kiosk.web.resident.visit import new_key, visit

FEES_A_PAGE = 4  # rows of a price list need a line for every fee, legible from an arm's length


@blueprint.get("/layanan/")
def groups() -> str:
    return page("groups", groups=office().catalogue.groups)


@blueprint.get("/layanan/<group_id>/")
def group(group_id: str) -> str:
    here = office()
    found = here.catalogue.group(group_id)
    waiting = waiting_by_service(here.store, today(here.store))
    listed = [(here.catalogue.service(id_), waiting.get(id_, 0)) for id_ in found.services[:MAX_CHOICES]]
    return page("services", group=found, services=listed)


@blueprint.get("/layanan/<group_id>/<service_id>")
def service(group_id: str, service_id: str) -> str:
    here = office()
    found, of = here.catalogue.service(service_id), here.catalogue.group(group_id)
    if found.id not in of.services:
        raise NotFound("Layanan itu ada di kelompok lain. Mulai lagi dari awal.")
    day = today(here.store)
    ahead = waiting_count(here.store, day) if day is not None else 0
    wait = here.waits.estimate(ahead, found.duration_min)
    return page("service", group=of, service=found, ahead=ahead, wait=wait_words(wait, visit().language), key=new_key())


@blueprint.get("/info/")
def info() -> str:
    return page("info")


@blueprint.get("/info/biaya")
def fees() -> str:
    listed = office().catalogue.services
    pages = -(-len(listed) // FEES_A_PAGE)
    number = min(max(1, request.args.get("halaman", 1, type=int)), pages)
    shown: tuple[Service, ...] = listed[(number - 1) * FEES_A_PAGE : number * FEES_A_PAGE]
    return page("fees", services=shown, number=number, pages=pages, of=len(listed))


@blueprint.get("/info/darurat")
def emergency_numbers() -> str:
    return page("numbers", numbers=office().emergency.numbers)
