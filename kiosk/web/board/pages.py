"""The board's page and its live stream: the server draws, the page only swaps what changed."""

from __future__ import annotations

from flask import Response, render_template, request
from markupsafe import Markup

from kiosk.core.clock import local_time
from kiosk.core.errors import NotFound
from kiosk.store.call_log import called_as, newest_call_id
from kiosk.web.board.calls import board, counter_lines
from kiosk.web.board.feed import frames
from kiosk.web.board.mount import blueprint
from kiosk.web.dates import date_in_words
from kiosk.web.office import Office, office
from kiosk.web.words import PAUSE_WORDS

SHOWN_QUEUES = 4


@blueprint.get("/papan/")
def page() -> str:
    calls = Markup(picture(office()))  # noqa: S704 - drawn and escaped by our own template
    since = newest_call_id(office().store)
    return render_template("board/board.html", site=office().settings.site, calls=calls, since=since)


@blueprint.get("/papan/events")
def events() -> Response:
    """The live stream. `suara=1` wants to speak; `Last-Event-ID` (or `sejak`) is the last call that was had."""
    here = office()
    since = request.headers.get("Last-Event-ID") or request.args.get("sejak", "")
    last_id = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else None
    wants_sound = request.args.get("suara") == "1"
    return here.streams.carry(lambda: frames(here, last_id, wants_sound))


@blueprint.get("/papan/suara/<int:call_id>.wav")
def sound(call_id: int) -> Response:
    """Chime and words of one call."""
    here = office()
    called = called_as(here.store, call_id)
    if called is None:
        raise NotFound("Panggilan ini tidak ada.")
    data = here.voice.call(*called)
    if data is None:
        raise NotFound("Suara dimatikan di pengaturan kios ini.")
    return Response(data, content_type="audio/wav")


def picture(here: Office) -> str:
    """What every screen of the hall shows now; needs an app context."""
    now = local_time(here.store.now().wall_ms, here.utc_offset_h)
    shown = board(here)
    return render_template(
        "board/_calls.html",
        board=shown,
        names={service.id: service.name.id for service in here.catalogue.services},
        lines=counter_lines(here),
        pause_words=PAUSE_WORDS,
        queues=_longest_queues(here, shown.waiting_by_service),
        now=now,
        date=date_in_words(now, "id"),
    )


def _longest_queues(here: Office, waiting: dict[str, int]) -> list[tuple[str, str, int]]:
    """Letter, name and length of the longest queues: as many as a screen can show large."""
    longest = sorted(waiting.items(), key=lambda queue: -queue[1])[:SHOWN_QUEUES]
    found = [(here.catalogue.service(id_), count) for id_, count in longest]
    return sorted((service.letter, service.name.id, count) for service, count in found)
