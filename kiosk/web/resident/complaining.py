"""Complaints and Siskamling reports: which of the two, what becomes of it and when somebody answers, then the form."""

from __future__ import annotations

from kiosk.core.errors import NotFound
from kiosk.web.office import office
from kiosk.web.resident.choices import Choice, choices
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.visit import visit


@blueprint.get("/aduan/")
def complain() -> str:
    language = visit().language
    listed = [
        Choice(f"/kiosk/aduan/{way.id}/", way.icon, way.name.in_(language), way.summary.in_(language))
        for way in office().complaints.ways
    ]
    return choices("complain_title", listed, back="/kiosk/", danger=True)


@blueprint.get("/aduan/<kind>/")
def complain_about(kind: str) -> str:
    way = office().complaints.way(kind)
    if not office().can_seal:
        raise NotFound("Aduan belum bisa diterima di mesin ini. Sampaikan kepada petugas di loket.")
    return page(
        "consent",
        kind="complaint",
        subject=way.id,
        title=way.name.in_(visit().language),
        before="/kiosk/aduan/",
        days=office().settings.retention.personal_days,
        promise_h=office().settings.site.complaint_promise_h,
    )
