"""Puts the central's web server together: console, tracking, API, the shared look, and a policy for every route."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from kiosk.design import folder, sign
from kiosk.http import problem, security
from kiosk.http.stream import Streams
from sync.central.access import Doorkeeper, NotSignedIn, Policy, policy
from sync.central.api.cap import blueprint as cap_blueprint
from sync.central.api.metrics import blueprint as metrics_blueprint
from sync.central.api.routes import blueprint as api_blueprint
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore
from sync.central.web import console, proof, signing_in, tracking, words

_DESIGN_FILES = (".css", ".svg", ".woff2", ".js", ".txt")  # the folder is a Python package as well
_OTHER_THREADS = 4  # beside one per stream: pages, answers and the API must never wait for a place


def create_app(settings: CentralSettings, store: CentralStore) -> Flask:
    """The WSGI app of one central; `app.extensions["streams"]` are its live pages, to be closed when it stops."""
    app = Flask(__name__, static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    fonts_built = (folder() / "built" / "fonts.css").exists()
    app.jinja_env.globals.update(sign=sign, words=words, is_by_sms=proof.is_by_sms, fonts_built=fonts_built)
    streams = app.extensions["streams"] = Streams(settings.threads - _OTHER_THREADS)
    security.install(app, frame_ancestors=settings.frame_sources)
    problem.install(app, _error_page)
    app.register_error_handler(NotSignedIn, _to_sign_in)

    doorkeeper = Doorkeeper(store)
    app.register_blueprint(_design())
    app.register_blueprint(api_blueprint(store))
    app.register_blueprint(cap_blueprint(settings, store))
    app.register_blueprint(metrics_blueprint(store))
    app.register_blueprint(signing_in.blueprint(settings, doorkeeper, store))
    app.register_blueprint(console.blueprint(settings, store, streams))
    app.register_blueprint(tracking.blueprint(store))

    @app.get("/")
    @policy(Policy.PUBLIC)
    def root() -> ResponseReturnValue:
        return redirect(url_for("console.page"), 302)

    doorkeeper.guard(app)
    return app


def _design() -> Blueprint:
    """The shared look at `/design/`."""
    design = Blueprint("design", __name__)

    @design.get("/design/<path:name>", endpoint="static")
    def design_file(name: str) -> ResponseReturnValue:
        if not name.endswith(_DESIGN_FILES):
            raise NotFound()
        return send_from_directory(folder(), name)

    return design


def _to_sign_in(error: NotSignedIn) -> ResponseReturnValue:
    """People are sent to the sign-in, programs are told."""
    if request.method == "GET" and request.endpoint == "console.page":
        return redirect(url_for("signing_in.page"), 303)
    response = problem.problem(error.http_status, error.code, str(error))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _error_page(status: int, said: str) -> str:
    return render_template("message.html", status=status, said=said)
