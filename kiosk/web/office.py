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
from kiosk.core.settings import SiteSettings
from kiosk.http.stream import Streams
from kiosk.store.database import Store
from kiosk.web.bell import Bell
from kiosk.web.limits import Limit
from kiosk.web.waits import Waits

EXTENSION = "kentongan-office"


@dataclass(frozen=True)
class Office:
    """One site as its web server sees it."""

    settings: SiteSettings
    store: Store
    catalogue: Catalogue
    emergency: EmergencyNumbers
    waits: Waits
    streams: Streams = field(default_factory=Streams)
    printer_bell: Bell = field(default_factory=Bell)
    counter_lock: threading.Lock = field(default_factory=threading.Lock)
    tracking: Limit = field(default_factory=lambda: Limit(per_s=5, burst=30))

    @property
    def prints(self) -> bool:
        """Whether this kiosk has a printer at all."""
        return self.settings.printer.connection != "none"

    @property
    def utc_offset_h(self) -> int:
        return self.settings.site.utc_offset_h


def office() -> Office:
    """The office of the current request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Office)
    return found
