"""The board's page and its live stream: the server draws, the page only swaps what changed."""

from __future__ import annotations

from flask import Response, render_template
from markupsafe import Markup

from kiosk.core.clock import local_time
from kiosk.web.board.calls import board
from kiosk.web.board.mount import blueprint
from kiosk.web.dates import date_in_words
from kiosk.web.live import live
from kiosk.web.office import Office, office

SHOWN_QUEUES = 4


@blueprint.get("/papan/")
def page() -> str:
    calls = Markup(_calls(office()))  # noqa: S704 - drawn and escaped by our own template
    return render_template("board/board.html", site=office().settings.site, calls=calls)


@blueprint.get("/papan/events")
def events() -> Response:
    return live(lambda: _calls(office()), again_s=3.0)


def _calls(here: Office) -> str:
    now = local_time(here.store.now().wall_ms, here.utc_offset_h)
    shown = board(here)
    return render_template(
        "board/_calls.html",
        board=shown,
        names={service.id: service.name.id for service in here.catalogue.services},
        queues=_longest_queues(here, shown.waiting_by_service),
        now=now,
        date=date_in_words(now, "id"),
    )


def _longest_queues(here: Office, waiting: dict[str, int]) -> list[tuple[str, str, int]]:
    """Letter, name and length of the longest queues: as many as a screen can show large."""
    longest = sorted(waiting.items(), key=lambda queue: -queue[1])[:SHOWN_QUEUES]
    found = [(here.catalogue.service(id_), count) for id_, count in longest]
    return sorted((service.letter, service.name.id, count) for service, count in found)
