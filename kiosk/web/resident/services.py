"""Services: groups, their services, and the six items of one before its number is drawn.

At most eight choices a page; nothing scrolls.
"""

from __future__ import annotations

from flask import request

from kiosk.catalogue.values import Service, rupiah
from kiosk.core.errors import NotFound
from kiosk.store.hall import waiting_by_service
from kiosk.store.tickets import today, waiting_count
from kiosk.web.office import office
from kiosk.web.resident.choices import Choice, choices
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker, wait_words
from kiosk.web.resident.visit import new_key, visit

FEES_A_PAGE = 4  # each row leads to its service, so it is as high as a finger on the smallest panel


@blueprint.get("/layanan/")
def groups() -> str:
    language = visit().language
    say = speaker(language)
    listed = [
        Choice(
            f"/kiosk/layanan/{one.id}/",
            one.icon,
            one.name.in_(language),
            say("services_count", count=len(one.services)),
        )
        for one in office().catalogue.groups
    ]
    return choices("groups_title", listed, back="/kiosk/")


@blueprint.get("/layanan/<group_id>/")
def group(group_id: str) -> str:
    here, language = office(), visit().language
    say, found = speaker(language), here.catalogue.group(group_id)
    waiting = waiting_by_service(here.store, today(here.store))

    def queue(service_id: str) -> str:
        count = waiting.get(service_id, 0)
        return say("waiting_count", count=count) if count else say("nobody_waits")

    listed = [
        Choice(f"/kiosk/layanan/{found.id}/{one.id}", one.icon, one.name.in_(language), queue(one.id))
        for one in map(here.catalogue.service, found.services)
    ]
    return choices(found.name.in_(language), listed, back="/kiosk/layanan/")


@blueprint.get("/layanan/<group_id>/<service_id>")
def service(group_id: str, service_id: str) -> str:
    here = office()
    found, of = here.catalogue.service(service_id), here.catalogue.group(group_id)
    if found.id not in of.services:
        raise NotFound("Layanan itu ada di kelompok lain. Mulai lagi dari awal.")
    day = today(here.store)
    ahead = waiting_count(here.store, day) if day is not None else 0
    wait = here.waits.estimate(ahead, found.duration_min)
    language = visit().language
    fee = fee_words(found, language)
    return page(
        "service", group=of, service=found, fee=fee, ahead=ahead, wait=wait_words(wait, language), key=new_key()
    )


@blueprint.get("/info/biaya")
def fees() -> str:
    catalogue, language = office().catalogue, visit().language
    listed = [
        (one, of.id, fee_words(one, language)) for of in catalogue.groups for one in map(catalogue.service, of.services)
    ]
    at_once = FEES_A_PAGE if visit().text == 100 else FEES_A_PAGE // 2
    pages = -(-len(listed) // at_once)
    number = min(max(1, request.args.get("halaman", 1, type=int)), pages)
    shown = listed[(number - 1) * at_once : number * at_once]
    return page("fees", services=shown, number=number, pages=pages)


@blueprint.get("/info/darurat")
def emergency_numbers() -> str:
    return page("numbers", numbers=office().emergency.numbers)


def fee_words(service: Service, language: str) -> str:
    """The official fee in one line: nothing, one amount, or from–to; the service's own page lists each."""
    if service.free:
        return speaker(language)("free")
    amounts = sorted({fee.amount_idr for fee in service.fees if fee.amount_idr})
    if not amounts:
        return service.fees[0].in_(language) if len(service.fees) == 1 else speaker(language)("see_fees")
    return "–".join(map(rupiah, (amounts[0], amounts[-1]))) if len(amounts) > 1 else rupiah(amounts[0])
