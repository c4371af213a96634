"""The demo's own web pages: the front page, the simulated box at `/sim/`, and the box's JSON for tests and trainings.

Everything changes through `POST` with a JSON body, refused when another web page started it or when the browser came
by a name that is not this machine's: nobody's advertisement may cut the power here. Reading is open to this machine.
"""

from __future__ import annotations

import zlib
from typing import Annotated, Literal

import msgspec
from flask import Flask, Response, render_template, request, send_from_directory

from deploy.demo.ladder import demo_ladder
from deploy.demo.line import Mode
from deploy.demo.simulation import LONGEST_HOLD_S, OtherWays, Paper, Simulation
from deploy.demo.tour import Tour
from kiosk import design
from kiosk.core.alarm_words import AlarmStage
from kiosk.core.errors import NotAllowed, NotFound
from kiosk.http import problem, security
from kiosk.http.body import json_answer, json_body
from kiosk.http.stream import Streams

_BODY_BYTES = 4096
_OUR_NAMES = ("127.0.0.1", "localhost")
_DESIGN_FILES = (".css", ".svg", ".woff2")
# The page's ages and byte counts move without any event; once a second is what an eye follows.
_AGAIN_S = 1.0

Hold = Annotated[float, msgspec.Meta(ge=0.01, le=LONGEST_HOLD_S)]
Stage = Literal["sending", "waiting", "unanswered", "answered", "dispatched", "arrived", "cancelling"]
InputName = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class ButtonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A press of `hold_s`, or a finger that comes (`held` true) and goes (false)."""

    input: InputName = "panic"
    hold_s: Hold = 1.2
    held: bool | None = None


class NetworkBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mode: Mode


class WaysBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mode: OtherWays


class PowerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cut: Literal[True]


class PrinterBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    paper: Paper | None = None
    online: bool | None = None


class LessonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stage to show on the box, for training."""

    stage: Stage
    for_s: Annotated[float, msgspec.Meta(ge=1, le=30)] = 6.0


class TextBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a contact of the ladder types on a telephone; 160 characters are one SMS."""

    contact: InputName
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=160)]


def create_app(simulation: Simulation, tour: Tour, streams: Streams) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.jinja_env.globals["sign"] = design.sign
    problem.install(app)
    # The front page shows the box in a frame of its own origin.
    security.install(app, max_body_bytes=_BODY_BYTES, frame_ancestors="'self'", frame_src=tour.frame_sources)
    app.before_request(_refuse_foreign_names)
    _add_files(app)
    _add_pages(app, tour)
    _add_reading(app, simulation, streams)
    _add_switches(app, simulation)
    return app


def _refuse_foreign_names() -> None:
    name = request.host.rsplit(":", 1)[0]
    if name not in _OUR_NAMES:
        raise NotAllowed("Demo ini hanya menjawab di komputer ini: buka lewat http://127.0.0.1.")


def _add_files(app: Flask) -> None:
    @app.get("/static/<path:name>", endpoint="static")
    def static(name: str) -> Response:
        return send_from_directory(f"{app.root_path}/static", name)

    @app.get("/design/<path:name>", endpoint="design-static")
    def design_file(name: str) -> Response:
        if not name.endswith(_DESIGN_FILES):
            raise NotFound("Berkas ini tidak ada.")
        return send_from_directory(design.folder(), name)


def _add_pages(app: Flask, tour: Tour) -> None:
    urls = {place.key: place.url for place in tour.places}

    @app.get("/")
    def front() -> str:
        return render_template("front.html", tour=tour, urls=urls)

    @app.get("/sim/")
    def sim() -> str:
        return render_template("sim.html", tour=tour, urls=urls, contacts=demo_ladder().contacts)


def _add_reading(app: Flask, simulation: Simulation, streams: Streams) -> None:
    def render() -> str:
        return msgspec.json.encode(simulation.state()).decode()

    def mark() -> int:
        return zlib.crc32(render().encode())

    @app.get("/sim/state")
    def state() -> tuple[bytes, int, dict[str, str]]:
        return json_answer(simulation.state())

    @app.get("/sim/events")
    def events() -> Response:
        return streams.open(mark, render, again_s=_AGAIN_S)

    @app.get("/sim/voice.wav")
    def voice() -> Response:
        wav = simulation.spoken()
        return Response(wav, content_type="audio/wav") if wav is not None else Response(status=204)

    @app.get("/sim/paper.png")
    def paper() -> Response:
        return Response(simulation.picture(), content_type="image/png")


def _add_switches(app: Flask, simulation: Simulation) -> None:
    @app.post("/sim/button")
    def button() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(ButtonBody)
        if body.held is None:
            simulation.press(body.input, body.hold_s)
        else:
            simulation.hold(body.input, body.held)
        return json_answer(body, 202)  # the hold goes on by itself; what came of it is in the state

    @app.post("/sim/network")
    def network() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(NetworkBody)
        simulation.set_network(body.mode)
        return json_answer(body)

    @app.post("/sim/ways")
    def ways() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(WaysBody)
        simulation.set_other_ways(body.mode)
        return json_answer(body)

    @app.post("/sim/power")
    def power() -> tuple[bytes, int, dict[str, str]]:
        json_body(PowerBody)
        return json_answer(simulation.cut_power())

    @app.post("/sim/lesson")
    def show_lesson() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(LessonBody)
        simulation.teach(AlarmStage(body.stage), body.for_s)
        return json_answer(body)

    @app.post("/sim/sms")
    def sms() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(TextBody)
        simulation.answer_text(body.contact, body.text)
        return json_answer(body, 202)  # what the box makes of it is in the state

    @app.post("/sim/printer")
    def printer() -> tuple[bytes, int, dict[str, str]]:
        body = json_body(PrinterBody)
        simulation.set_printer(body.paper, body.online)
        return json_answer({name: simulation.state()[name] for name in ("paper", "online")})
