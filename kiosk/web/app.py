"""Puts the site's web server together: the slices, the errors in words, the headers, one office."""

from __future__ import annotations

import logging
import time

from flask import Flask, redirect, render_template, request
from nacl.public import PublicKey
from werkzeug.wrappers import Response

from kiosk.catalogue.loader import load_catalogue, load_emergency
from kiosk.core.errors import BadInput
from kiosk.core.settings import SiteSettings
from kiosk.http import problem, security
from kiosk.http.pulse import Pulse, Shared
from kiosk.http.stream import Streams
from kiosk.sealing.envelope import central_recipient
from kiosk.sealing.office_key import OfficeKey
from kiosk.store.call_log import newest_calls
from kiosk.store.database import Store
from kiosk.store.issuer import Issuer
from kiosk.voice.engines import Voice
from kiosk.web import api, board, counter, drawing, report, resident, status
from kiosk.web.cookies import QuietSessions
from kiosk.web.counter.session import IDLE_LIMIT
from kiosk.web.counter.watching import journal_refused
from kiosk.web.office import EXTENSION, Office
from kiosk.web.secret import cookie_secret
from kiosk.web.waits import Waits

log = logging.getLogger(__name__)


def create_app(settings: SiteSettings, store: Store) -> Flask:
    """The WSGI app of one site. Reads the catalogue and makes the cookie secret; raises BadToml or StoreError."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = cookie_secret(settings.data_dir)
    app.session_interface = QuietSessions()
    app.config.update(
        SESSION_COOKIE_NAME="kentongan_loket",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,  # a page that lives by itself must not keep a desk open
        PERMANENT_SESSION_LIFETIME=IDLE_LIMIT,
    )
    pulse = Pulse(store.data_version)
    here = app.extensions[EXTENSION] = Office(
        settings=settings,
        store=store,
        catalogue=load_catalogue(settings.paths.catalogue or settings.site.kind),
        emergency=load_emergency(),
        waits=Waits(store, settings),
        issuer=Issuer(store, settings.site.utc_offset_h, settings.queue),
        streams=Streams(pulse=pulse),
        voice=Voice(settings.voice),
        board=Shared(pulse, lambda: _board_picture(app, here), board.AGAIN_S),
        calls=Shared(pulse, lambda: newest_calls(store), board.AGAIN_S),
        central_recipient=_central_recipient(settings),
        office_key=OfficeKey(settings.office_key, time.monotonic),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.install(app, frame_ancestors=settings.kiosk.frame_ancestors)
    problem.install(app, _error_page)
    drawing.install(app)
    app.after_request(journal_refused)
    for slice_ in (resident, counter, report, board, status, api):
        app.register_blueprint(slice_.blueprint)

    @app.get("/")
    def root() -> Response:
        return redirect("/kiosk/", 302)

    return app


def _board_picture(app: Flask, here: Office) -> str:
    with app.app_context():
        return board.pages.picture(here)


def _central_recipient(settings: SiteSettings) -> PublicKey | None:
    """The central's key for sealing. With a wrong one the kiosk still gives numbers, but asks nobody for a name."""
    try:
        return central_recipient(settings.sync.central_key)
    except BadInput as error:
        log.error("forms are closed: nobody could read them", extra={"why": str(error)})
        return None


def office_of(app: Flask) -> Office:
    """The office behind an app, for whoever runs it."""
    found = app.extensions[EXTENSION]
    assert isinstance(found, Office)
    return found


def _error_page(status_code: int, words: str) -> str:
    at_counter = request.path.startswith("/loket")
    page = "counter/error.html" if at_counter else "resident/error.html"
    return render_template(page, status=status_code, words=words)
