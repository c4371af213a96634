"""The CAP 1.2 messages of an alert at `/api/v1/alerts/<id>/cap`: a list, and each as XML."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kiosk.core.errors import NotFound
from kiosk.http.body import json_answer
from sync.central.access import Policy, policy
from sync.central.api import values
from sync.central.cap.document import CONTENT_TYPE, cap_xml
from sync.central.cap.messages import CapMessage, Post, cap_messages
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore


def blueprint(settings: CentralSettings, store: CentralStore) -> Blueprint:
    api = Blueprint("cap", __name__)
    post = Post(sender=f"kentongan@{urlsplit(settings.public_url).hostname}", name=settings.post)

    def messages_of(alert_id: str) -> tuple[CapMessage, ...]:
        if "\0" in alert_id or len(alert_id) > 64:
            raise NotFound("panggilan ini tidak ada di pusat ini")
        return cap_messages(store.alert(alert_id), post)

    @api.get("/api/v1/alerts/<alert_id>/cap")
    @policy(Policy.PROGRAM)
    def listed(alert_id: str) -> ResponseReturnValue:
        return json_answer({"items": [values.CapEntry.of(message) for message in messages_of(alert_id)]})

    @api.get("/api/v1/alerts/<alert_id>/cap/<int:number>")
    @policy(Policy.PROGRAM)
    def message(alert_id: str, number: int) -> ResponseReturnValue:
        found = [one for one in messages_of(alert_id) if one.number == number]
        if not found:
            raise NotFound(f"panggilan ini belum punya pesan CAP nomor {number}")
        return Response(cap_xml(found[0]), content_type=CONTENT_TYPE)

    return api
