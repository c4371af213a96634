"""Asking for a letter or service without queueing: what it needs and costs comes first, then consent, then the form."""

from __future__ import annotations

from kiosk.catalogue.values import Service
from kiosk.core.errors import NotFound
from kiosk.web.office import office
from kiosk.web.resident.choices import Choice, choices
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.services import fee_words
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit


@blueprint.get("/ajukan/")
def request_groups() -> str:
    language = visit().language
    say = speaker(language)
    listed = [
        Choice(
            f"/kiosk/ajukan/{group.id}/", group.icon, group.name.in_(language), say("services_count", count=len(ids))
        )
        for group in office().catalogue.groups
        if (ids := [id_ for id_ in group.services if office().catalogue.service(id_).form])
    ]
    return choices("request_title", listed, back="/kiosk/")


@blueprint.get("/ajukan/<group_id>/")
def request_services(group_id: str) -> str:
    catalogue, language = office().catalogue, visit().language
    group = catalogue.group(group_id)
    listed = [
        Choice(f"/kiosk/ajukan/{group.id}/{one.id}", one.icon, one.name.in_(language), fee_words(one, language))
        for one in map(catalogue.service, group.services)
        if one.form
    ]
    return choices(group.name.in_(language), listed, back="/kiosk/ajukan/")


@blueprint.get("/ajukan/<group_id>/<service_id>")
def request_service(group_id: str, service_id: str) -> str:
    catalogue, language = office().catalogue, visit().language
    found, group = catalogue.service(service_id), catalogue.group(group_id)
    _require_form(found)
    minutes = max(1, round(len(found.form) * 0.5))
    return page("needs", group=group, service=found, fee=fee_words(found, language), minutes=minutes)


@blueprint.get("/ajukan/<group_id>/<service_id>/setuju")
def request_consent(group_id: str, service_id: str) -> str:
    catalogue = office().catalogue
    found = catalogue.service(service_id)
    _require_form(found)
    return page("consent", kind="request", subject=found.id, title=found.name.in_(visit().language),
                before=f"/kiosk/ajukan/{catalogue.group(group_id).id}/{found.id}",
                days=office().settings.retention.personal_days)  # fmt: skip


def _require_form(service: Service) -> None:
    if not service.form or not office().can_seal:
        raise NotFound("Layanan ini hanya bisa diurus di loket. Ambil nomor antrean.")
