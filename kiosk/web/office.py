"""What every slice shares: settings, store, catalogue, and the few things that live as long as the server.

One value hung on the Flask app instead of module globals, so that two sites can live in one process (tests,
rehearsals).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import current_app

from kiosk.catalogue.emergency import EmergencyNumbers
from kiosk.catalogue.values import Catalogue
from kiosk.core.desk import Desk
from kiosk.core.settings import SiteSettings
from kiosk.http.pulse import Shared
from kiosk.http.stream import Streams
from kiosk.store.call_log import Told
from kiosk.store.database import Store
from kiosk.store.issuer import Issuer
from kiosk.voice.engines import Voice
from kiosk.web.bell import Bell
from kiosk.web.desks import desk_at
from kiosk.web.limits import Limit
from kiosk.web.speakers import Speakers
from kiosk.web.waits import Waits

EXTENSION = "kentongan-office"


@dataclass(frozen=True)
class Office:
    """One site as its web server sees it. `board` is the picture and `calls` the newest calls that every
    screen of the hall shows."""

    settings: SiteSettings
    store: Store
    catalogue: Catalogue
    emergency: EmergencyNumbers
    waits: Waits
    issuer: Issuer
    streams: Streams
    voice: Voice
    board: Shared[str]
    calls: Shared[list[Told]]
    printer_bell: Bell = field(default_factory=Bell)
    counter_lock: threading.Lock = field(default_factory=threading.Lock)
    speakers: Speakers = field(default_factory=Speakers)
    tracking: Limit = field(default_factory=lambda: Limit(per_s=5, burst=30))

    @property
    def prints(self) -> bool:
        """Whether this kiosk has a printer at all."""
        return self.settings.printer.connection != "none"

    def desk(self, counter: int, officer: str) -> Desk:
        """An officer's desk, with the services that are called there."""
        return desk_at(self.catalogue, self.settings.site.counters, counter, officer)

    @property
    def utc_offset_h(self) -> int:
        return self.settings.site.utc_offset_h


def office() -> Office:
    """The office of the current request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Office)
    return found
