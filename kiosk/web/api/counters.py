"""`POST sign-in` and `POST counters/{n}/…`: an officer's work from a program of theirs.

The same functions as the console behind the same cookie; the CSRF token from sign-in comes back in X-CSRF-Token. A
request may name the ticket that its sender saw: when another stands at the counter by now, nothing is done.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import request

from kiosk.core.ticket import TICKET_STATE_WORDS, Ticket
from kiosk.http.body import json_answer, json_body
from kiosk.store.counters import counter_at
from kiosk.web.api.mount import blueprint
from kiosk.web.counter.actions import WISHES, do
from kiosk.web.counter.session import require_csrf, require_officer, require_safe_line, start_session
from kiosk.web.counter.wishes import Asked
from kiosk.web.office import office

Answer = tuple[bytes, int, dict[str, str]]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who works where."""

    officer: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    pin: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    counter: Annotated[int, msgspec.Meta(ge=1, le=99)]


@blueprint.post("/sign-in")
def sign_in() -> Answer:
    require_safe_line()
    wish = json_body(SignIn)
    signed = start_session(wish.officer, wish.pin, wish.counter)
    return json_answer({"officer": signed.officer, "counter": signed.counter, "csrf": signed.csrf})


@blueprint.post(f"/counters/<int:counter>/<any({', '.join(repr(wish) for wish in WISHES)}):action>")
def act(counter: int, action: str) -> Answer:
    signed = require_officer(counter)
    require_csrf(signed, request.headers.get("X-CSRF-Token", ""))
    asked = json_body(Asked) if request.content_length else Asked()
    return _told(counter, do(action, counter, signed.officer, asked))


def _told(counter: int, ticket: Ticket | None) -> Answer:
    if ticket is None:
        held = counter_at(office().store, counter)
        return json_answer({"counter": counter, "state": held.state.value, "reason": held.reason})
    return json_answer(
        {
            "id": ticket.id,
            "number": ticket.number,
            "service": ticket.service,
            "state": ticket.state.value,
            "state_words": TICKET_STATE_WORDS[ticket.state],
            "counter": ticket.counter,
            "calls": ticket.calls,
            "priority": ticket.priority,
        }
    )
