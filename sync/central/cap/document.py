"""One CAP 1.2 message as XML: the elements in the schema's order, times as it wants them, nothing that no XML can hold.

`sent` is `2026-11-22T15:50:57+07:00`: the schema refuses `Z` and fractions of a second. A Private message must have
`addresses`. Identifiers and senders have neither blanks, commas, `<` nor `&`, because `references` are made of them.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from kiosk.core.clock import iso
from sync.central.cap.messages import RADIUS_KM, CapMessage, Info
from sync.central.store import SiteCard

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml; charset=utf-8"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cap_xml(message: CapMessage) -> bytes:
    """The document, UTF-8 with its declaration."""
    offset_h = message.view.site.utc_offset_h
    alert = Element("alert", {"xmlns": NAMESPACE})
    _add(alert, "identifier", message.identifier)
    _add(alert, "sender", message.sender)
    _add(alert, "sent", iso(message.sent_ms, offset_h))
    _add(alert, "status", "Exercise" if message.is_exercise else "Actual")
    _add(alert, "msgType", message.kind)
    _add(alert, "scope", "Private")
    _add(alert, "addresses", _quoted(message.addressee))
    _add(alert, "note", message.note)
    told = [f"{message.sender},{identifier},{iso(sent_ms, offset_h)}" for identifier, sent_ms in message.references]
    _add(alert, "references", " ".join(told))
    _add(alert, "incidents", message.incident)
    if message.info is not None:
        _add_info(alert, message, message.info)
    return bytes(tostring(alert, encoding="utf-8", xml_declaration=True))


def _add_info(alert: Element, message: CapMessage, said: Info) -> None:
    info, view = SubElement(alert, "info"), message.view
    offset_h = view.site.utc_offset_h
    _add(info, "language", "id-ID")
    _add(info, "category", said.category)
    _add(info, "event", said.event)
    _add(info, "responseType", said.response)
    _add(info, "urgency", said.urgency)
    _add(info, "severity", "Severe")
    _add(info, "certainty", said.certainty)
    if said.event_code is not None:
        _add_pair(info, "eventCode", "SIA DC-05", str(said.event_code))
    _add(info, "onset", iso(said.onset_ms, offset_h))
    _add(info, "senderName", message.addressee)
    _add(info, "headline", said.headline)
    _add(info, "description", said.description)
    _add(info, "instruction", said.instruction)
    _add(info, "contact", said.contact)
    _add_pair(info, "parameter", "device", view.device)
    _add_area(info, view.site)


def _add_area(info: Element, site: SiteCard) -> None:
    area = SubElement(info, "area")
    _add(area, "areaDesc", ", ".join(part for part in (site.name, site.address) if part))
    if site.latitude is not None and site.longitude is not None:
        _add(area, "circle", f"{site.latitude:.6f},{site.longitude:.6f} {RADIUS_KM}")
    _add_pair(area, "geocode", "kode wilayah", site.code)


def _add_pair(parent: Element, name: str, value_name: str, value: str) -> None:
    pair = SubElement(parent, name)
    _add(pair, "valueName", value_name)
    _add(pair, "value", value)


def _add(parent: Element, name: str, text: str) -> None:
    """An element, unless it would be empty."""
    if text:
        SubElement(parent, name).text = _NO_XML.sub("\ufffd", text)


def _quoted(addressee: str) -> str:
    """One address with blanks in it stands in double quotes, or it would be several."""
    return '"' + addressee.replace('"', "'") + '"'
