"""`kentongan central serve`: the web server as a process. Ingest is another one; they meet only in the database."""

from __future__ import annotations

import logging
from functools import partial

from kiosk.core.notify import notify
from kiosk.http.serve import serve as serve_app
from sync.central.settings import CentralSettings
from sync.central.store import open_central
from sync.central.web.app import create_app

log = logging.getLogger(__name__)


def serve(settings: CentralSettings) -> None:
    """Serves until SIGTERM or SIGINT. Raises StoreError when the schema is unknown, OSError when the port is taken."""
    store = open_central(settings.database)
    try:
        app = create_app(settings, store)
        log.info("central serves", extra={"host": settings.host, "port": settings.port})
        ready, streams = partial(notify, "READY=1"), app.extensions["streams"]
        serve_app(app, settings.host, settings.port, streams, settings.threads, ready)
    finally:
        store.close()
