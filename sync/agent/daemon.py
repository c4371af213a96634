"""Runs the two links, watches that their threads live, and says each second how the way to the central is."""

from __future__ import annotations

import logging
import threading
import time

from kiosk.core.errors import StoreError
from kiosk.core.notify import notify
from kiosk.core.retention import Room
from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store, open_store
from kiosk.store.parts import record_alive
from sync.agent.alarm import AlarmDuty
from sync.agent.bulk import BulkDuty
from sync.agent.link import Link
from sync.agent.report import StatusEvents, is_well, journal_status, link_report
from sync.agent.rewinds import Rewinds
from sync.agent.upkeep import Upkeep
from sync.keys import load
from sync.sharing import short_turns

CACHE_KIB = 500  # for each of three threads; the journal is read from one end to the other, and once

log = logging.getLogger(__name__)


def run(settings: SiteSettings, stop: threading.Event) -> None:
    """Runs until `stop`; raises RuntimeError when a link's thread has died, so that systemd starts us anew."""
    key = load(settings.device_key)
    store = open_store(settings.database, cache_kib=CACHE_KIB)
    short_turns()
    nudge = threading.Condition()
    rewinds = Rewinds()
    duties = (AlarmDuty(store, rewinds), BulkDuty(store, rewinds))
    links = [Link(duty, settings.sync, key, nudge) for duty in duties]
    threads = [threading.Thread(target=link.run, args=(stop,), name=link.duty.name, daemon=True) for link in links]
    for thread in threads:
        thread.start()
    try:
        _watch(store, links, threads, Upkeep(store, settings.retention), stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)
        store.close()


def _watch(
    store: Store, links: list[Link], threads: list[threading.Thread], upkeep: Upkeep, stop: threading.Event
) -> None:
    notify("READY=1")
    events = StatusEvents()
    while not stop.is_set():
        dead = [thread.name for thread in threads if not thread.is_alive()]
        if dead:
            raise RuntimeError(f"link thread died: {', '.join(dead)}")
        try:
            record_alive(store, "sync", {link.duty.name: link_report(link) for link in links}, ok=is_well(links))
        except StoreError as error:  # alarms still leave a full disk; the silence here is what /healthz then shows
            log.error("cannot say how the way to the central is", extra={"why": str(error)})
        upkeep.due(time.monotonic())
        room = upkeep.found.room if upkeep.found else Room.PLENTY
        if events.is_due(time.monotonic(), is_well(links), room):
            journal_status(store, links, upkeep.found)
        notify("WATCHDOG=1")
        stop.wait(1.0)
