"""The kiosk's daemon: web server, printer and heartbeat in one process.

The spool owns the printer in a thread of its own; another says every second that the kiosk lives and feeds systemd's
watchdog from the same breath, so that a process whose store is stuck is started again. SIGTERM ends it cleanly: streams
first, then the printer between two jobs, then the store.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from kiosk.core.errors import StoreError
from kiosk.core.notify import notify
from kiosk.core.settings import SiteSettings
from kiosk.http.serve import Tls
from kiosk.http.serve import serve as serve_http
from kiosk.printing.printer import open_printer
from kiosk.printing.slip import render_queued
from kiosk.printing.spool import Spooler
from kiosk.store.database import Store, open_store
from kiosk.store.parts import record_alive
from kiosk.store.slips import SlipJobs
from kiosk.store.waiting_line import let_due_enter
from kiosk.web.app import create_app, office_of
from kiosk.web.certificate import device_certificate, fingerprint
from kiosk.web.printer_part import Listener, condition_log, printer_part

ALIVE_EVERY_S = 1.0
CACHE_KIB = 256  # for each of some eighty threads; Linux keeps the file's pages for all of them
_STOP_WITHIN_S = 10.0  # a printer that is being written to is given this long; the job is then unknown, not repeated

log = logging.getLogger(__name__)


def serve(settings: SiteSettings) -> None:
    """Runs until SIGTERM or SIGINT. Raises StoreError, BadToml, or OSError when the port is taken."""
    store = open_store(settings.database, cache_kib=CACHE_KIB, one_writer=True)
    try:
        app = create_app(settings, store)
        here = office_of(app)
        jobs = SlipJobs(store, partial(render_queued, medium=settings.printer.medium))
        spooler = Spooler(jobs, open_printer(settings.printer), told=Listener(condition_log(store)).hear)
        here.printer_bell.useless = lambda: bool(spooler.waiting_because)
        with _running(store, spooler, here.printer_bell.heard, here.prints):
            log.info("kiosk serves", extra={"host": settings.kiosk.host, "port": settings.kiosk.port})
            ready = partial(notify, "READY=1")
            web = settings.kiosk
            serve_http(app, web.host, web.port, here.streams, listening=ready, tls=_tls(settings))
            notify("STOPPING=1")
    finally:
        store.close()


def _tls(settings: SiteSettings) -> Tls | None:
    web = settings.kiosk
    if not web.tls_port:
        return None
    certificate, key = device_certificate(settings.data_dir, settings.device, web.tls_names)
    log.info("certificate of the office", extra={"sha256": fingerprint(certificate)})
    return Tls(certificate, key, web.tls_host, web.tls_port)


@contextmanager
def _running(store: Store, spooler: Spooler, print_wake: threading.Event, has_printer: bool) -> Iterator[None]:
    stop = threading.Event()
    printer = threading.Thread(target=spooler.run, args=(stop, print_wake), name="printer", daemon=True)

    def health() -> dict[str, object]:
        return {"printer": printer_part(spooler, printer.is_alive())} if has_printer else {}

    alive = threading.Thread(target=_stay_alive, args=(store, health, stop), name="alive", daemon=True)
    threads = (printer, alive) if has_printer else (alive,)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        print_wake.set()
        for thread in threads:
            thread.join(_STOP_WITHIN_S)


def _stay_alive(store: Store, health: Callable[[], dict[str, object]], stop: threading.Event) -> None:
    while True:
        try:
            record_alive(store, "kiosk", health())
            let_due_enter(store)
            notify("WATCHDOG=1")
        except StoreError as error:  # goes on: residents may still read, and the watchdog judges how long
            log.error("kiosk could not say that it lives", extra={"error": str(error)})
        if stop.wait(ALIVE_EVERY_S):
            return
