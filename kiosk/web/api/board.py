"""`GET board` and `GET board/events`: the hall's calls once, or live by server-sent events.

Each event is the whole board, so a reader that was cut off has missed nothing once it is back.
"""

from __future__ import annotations

import msgspec
from flask import Response

from kiosk.http.body import json_answer
from kiosk.web.api.mount import blueprint
from kiosk.web.board.calls import board
from kiosk.web.office import office


@blueprint.get("/board")
def board_now() -> tuple[bytes, int, dict[str, str]]:
    return json_answer(board(office()))


@blueprint.get("/board/events")
def board_events() -> Response:
    here = office()
    return here.streams.open(here.store.data_version, lambda: msgspec.json.encode(board(here)).decode(), again_s=3.0)
