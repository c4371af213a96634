"""`POST /hall/v1/ask`: the one address that satellites speak to, at a hub only.

A question is read only after its key has proven it, and its challenge is taken once. What comes with another challenge
(the hub was restarted, an answer was lost, somebody replays) gets a fresh one and changes nothing.
"""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput, KentonganError, NotAllowed, TooLarge
from kiosk.core.hall import seal
from kiosk.core.hall.link import LinkEvent
from kiosk.core.hall.messages import Question
from kiosk.store.hall_hub import answer
from kiosk.store.hall_merge import Hub
from kiosk.web.hall.door import HubDoor
from kiosk.web.hall.watch import HallWatch
from kiosk.web.office import Office, office

blueprint = Blueprint("hall", __name__, url_prefix="/hall/v1")


def rules_of(here: Office) -> Hub:
    letters = {service.id: service.letter for service in here.catalogue.services}
    return Hub(here.utc_offset_h, here.settings.queue, here.settings.hall.lease_numbers, letters)


@blueprint.post("/ask")
def ask() -> Response:
    here = office()
    door, watch = here.hub_door, here.hall_watch
    assert door is not None, "the blueprint is registered at a hub only"
    said = seal.credentials(request.headers.get("Authorization", ""))
    member = door.satellites.of(said.device)
    body = _body()
    if member is None or not seal.is_question_true(member.secret, said, body):
        door.strangers.take()
        if member is not None:
            watch.note(said.device, LinkEvent.TURNED_AWAY, here.store.now(), why="kuncinya lain")
        raise NotAllowed("Hanya kiosk satelit yang terdaftar di induk ini yang dijawab.")
    if not door.redeem(said.device, said.challenge):
        return _told(member, door, said.nonce, 401, b"{}")
    try:
        told, status = _answered(here, member, body, watch), 200
    except KentonganError as error:
        told, status = msgspec.json.encode({"why": str(error)[:200]}), error.http_status
    return _told(member, door, said.nonce, status, told)


def _body() -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise TooLarge(f"Pertanyaan terlalu panjang: paling banyak {request.max_content_length} byte.") from error


def _answered(here: Office, member: seal.Membership, body: bytes, watch: HallWatch) -> bytes:
    try:
        asked = from_json(body, Question)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"Pertanyaan satelit tidak terbaca: {error}") from error
    if asked.device != member.satellite:
        raise NotAllowed(f"Kunci ini milik {member.satellite}, bukan {asked.device}.")
    told = answer(here.store, rules_of(here), asked, member.mark)
    free = min((held.free for held in asked.holdings), default=None) if asked.day == told.day else None
    watch.note(member.satellite, LinkEvent.HEARD, here.store.now(), free, max(0, asked.unmerged - len(told.settled)))
    return msgspec.json.encode(told)


def _told(member: seal.Membership, door: HubDoor, nonce: str, status: int, body: bytes) -> Response:
    challenge = door.challenge(member.satellite)
    response = Response(body, status, content_type="application/json")
    response.headers[seal.CHALLENGE_HEADER] = challenge
    response.headers[seal.MAC_HEADER] = seal.sign_answer(member.secret, nonce, challenge, status, body)
    return response
