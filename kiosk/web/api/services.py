"""`GET services`: what this office offers, with the six items that are published before anyone queues."""

from __future__ import annotations

from flask import request

from kiosk.catalogue.values import Service
from kiosk.core.errors import BadInput
from kiosk.http.body import json_answer
from kiosk.web.api.mount import blueprint
from kiosk.web.hall.crowd import waiting_for
from kiosk.web.office import office

_LANGUAGES = ("id", "en", "jv", "su", "min")


@blueprint.get("/services")
def services() -> tuple[bytes, int, dict[str, str]]:
    language = request.args.get("language", "id")
    if language not in _LANGUAGES:
        raise BadInput(f"language harus salah satu dari {', '.join(_LANGUAGES)}")
    catalogue = office().catalogue
    groups = {service: group.id for group in catalogue.groups for service in group.services}
    waiting = waiting_for(office())
    listed = [
        {**_as_read(service, language), "group": groups.get(service.id), "waiting": waiting.get(service.id, 0)}
        for service in catalogue.services
    ]
    return json_answer({"version": catalogue.version, "dated": catalogue.dated, "services": listed})


def _as_read(service: Service, language: str) -> dict[str, object]:
    return {
        "id": service.id,
        "letter": service.letter,
        "agency": service.agency,
        "name": service.name.in_(language),
        "summary": service.summary.in_(language),
        "requirements": [one.in_(language) for one in service.requirements],
        "procedure": [one.in_(language) for one in service.procedure],
        "duration_min": service.duration_min,
        "completion": service.completion.in_(language),
        "fees": [{"note": fee.note.in_(language), "amount_idr": fee.amount_idr} for fee in service.fees],
        "product": service.product.in_(language),
        "complaint_channel": service.complaint_channel.in_(language),
    }
