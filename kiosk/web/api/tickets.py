"""`POST tickets`, `GET tickets/{id}`, `GET tracking/{code}`: a number, and where it stands.

The tracking code appears in one answer only, that to whoever drew the number; a lookup by code tells no id.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import request

from kiosk.core.clock import iso
from kiosk.core.ids import track_hash
from kiosk.core.print_job import PrintState
from kiosk.core.ticket import TICKET_STATE_WORDS, Ticket
from kiosk.http.body import json_answer, json_body
from kiosk.store.print_jobs import print_state
from kiosk.store.tickets import find, find_by_track
from kiosk.web.api.mount import blueprint
from kiosk.web.hall.crowd import people_ahead
from kiosk.web.issuing import issue_ticket
from kiosk.web.office import office

Answer = tuple[bytes, int, dict[str, str]]


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to draw a number for."""

    service: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Drawn(msgspec.Struct, frozen=True):
    """A fresh number. `print` is the state of its print job, or `none` at a kiosk without a printer."""

    id: str
    number: str
    service: str
    position: int
    wait_min_s: int
    wait_max_s: int
    track: str
    print: str


@blueprint.post("/tickets")
def draw() -> Answer:
    wish = json_body(Wish)
    here, key = office(), request.headers.get("Idempotency-Key")
    issued, wait = issue_ticket(here, wish.service, key)
    ticket = issued.ticket
    drawn = Drawn(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        position=issued.ahead + 1,
        wait_min_s=wait.min_min * 60,
        wait_max_s=wait.max_min * 60,
        track=issued.track,
        print="none" if not here.prints else PrintState.QUEUED.value if key is None else _printed(ticket),
    )
    return json_answer(drawn, 201)


@blueprint.get("/tickets/<ticket_id>")
def ticket(ticket_id: str) -> Answer:
    found = find(office().store, ticket_id)
    return json_answer({"id": found.id, "print": _printed(found), **_standing(found)})


@blueprint.get("/tracking/<code>")
def tracking(code: str) -> Answer:
    office().tracking.take()
    return json_answer(_standing(find_by_track(office().store, track_hash(code))))


def _printed(ticket: Ticket) -> str:
    found = print_state(office().store, ticket.id)
    return found[0].value if found else "none"


def _standing(ticket: Ticket) -> dict[str, object]:
    here = office()
    ahead = people_ahead(here, ticket)
    wait = here.waits.estimate(ahead, here.catalogue.service(ticket.service).duration_min)
    waits = ticket.state == "waiting"
    return {
        "number": ticket.number,
        "service": ticket.service,
        "state": ticket.state.value,
        "state_words": TICKET_STATE_WORDS[ticket.state],
        "issued_at": iso(ticket.issued_ms, here.utc_offset_h),
        "position": ahead + 1 if waits else None,
        "wait_min_s": wait.min_min * 60 if waits else None,
        "wait_max_s": wait.max_min * 60 if waits else None,
        "counter": ticket.counter,
    }
