"""Information: official fees, emergency numbers, and the channels that the central publishes, each with its age.

A channel that this kiosk has never received is not offered. Without a network the newest one stays readable and says
how old it is, because old news that looks new misleads.
"""

from __future__ import annotations

import logging

from flask import Response as FlaskResponse

from kiosk.core.channel import CHANNELS, Channel, Section, read_channel
from kiosk.core.errors import BadInput, NotFound
from kiosk.store.documents import age_s, current, heads
from kiosk.store.parts import parts
from kiosk.web.office import Office, office
from kiosk.web.resident.choices import Choice, choices
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit
from kiosk.web.way_to_central import is_connected, links_of

log = logging.getLogger(__name__)

_SIGNS = {"news": "news", "guide": "map", "clergy": "mosque", "contacts": "phone", "cameras": "camera"}


@blueprint.get("/info/")
def info() -> str:
    here = office()
    say = speaker(visit().language)
    held = heads(here.store)
    listed = [
        Choice("/kiosk/info/biaya", "money", say("fees_title"), say("fees_note")),
        Choice("/kiosk/info/darurat", "phone", say("numbers_title"), say("numbers_note")),
        *(
            Choice(f"/kiosk/info/saluran/{name}/", _SIGNS[name], say(f"channel_{name}"), _age_words(here, name))
            for name in CHANNELS
            if name in held
        ),
    ]
    return choices("info", listed, back="/kiosk/")


@blueprint.get("/info/saluran/<name>/")
def channel(name: str) -> str:
    sections = _channel(name).sections
    say = speaker(visit().language)
    listed = [
        Choice(f"/kiosk/info/saluran/{name}/{at}", _SIGNS[name], one.title, say("entries", count=len(one.entries)))
        for at, one in enumerate(sections)
    ]
    return choices(f"channel_{name}", listed, back="/kiosk/info/", age=_age_words(office(), name))


@blueprint.get("/info/saluran/<name>/<int:at>")
def section(name: str, at: int) -> str:
    found = _section(name, at)
    return page("section", channel=name, at=at, section=found, age=_age_words(office(), name))


@blueprint.get("/info/saluran/<name>/<int:at>/<int:number>/gambar")
def picture(name: str, at: int, number: int) -> FlaskResponse:
    entries = _section(name, at).entries
    if not number < len(entries):
        raise NotFound("Gambar itu tidak ada lagi.")
    data, type_ = entries[number].picture()
    return FlaskResponse(data, content_type=type_)


def _channel(name: str) -> Channel:
    if name not in CHANNELS:
        raise NotFound("Informasi itu tidak ada. Mulai lagi dari awal.")
    document = current(office().store, name)
    if document is None:
        raise NotFound("Informasi itu belum dikirim ke mesin ini.")
    try:
        return read_channel(document.body)
    except BadInput as error:
        log.error("channel cannot be shown", extra={"document": name, "why": str(error)})
        raise NotFound("Informasi ini sedang diperbaiki. Coba lagi nanti.") from error


def _section(name: str, at: int) -> Section:
    sections = _channel(name).sections
    if not at < len(sections):
        raise NotFound("Bagian itu tidak ada lagi. Mulai lagi dari awal.")
    return sections[at]


def _age_words(here: Office, name: str) -> str:
    """How old the document is here, and whether a newer one could have come."""
    say = speaker(visit().language)
    seconds = age_s(here.store, name)
    if seconds is None:
        age = say("age_unknown")
    elif seconds < 3_600:
        age = say("age_minutes", count=max(1, int(seconds // 60)))
    elif seconds < 172_800:
        age = say("age_hours", count=int(seconds // 3_600))
    else:
        age = say("age_days", count=int(seconds // 86_400))
    sync = next((part for part in parts(here.store) if part.name == "sync"), None)
    return age if is_connected(links_of(sync)) else say("age_offline", age=age)
