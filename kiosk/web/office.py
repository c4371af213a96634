"""What every slice shares: settings, store, catalogue, and the few things that live as long as the server.

One value hung on the Flask app instead of module globals, so that two sites can live in one process (tests,
rehearsals).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import current_app
from nacl.public import PublicKey

from kiosk.catalogue.complaints import ComplaintBook
from kiosk.catalogue.emergency import EmergencyNumbers
from kiosk.catalogue.loader import load_complaints, load_survey
from kiosk.catalogue.survey import Survey
from kiosk.catalogue.values import Catalogue
from kiosk.core.settings import SiteSettings
from kiosk.http.stream import Streams
from kiosk.sealing.office_key import OfficeKey, office_recipient
from kiosk.store.database import Store
from kiosk.voice.espeak_engine import Engine, Espeak
from kiosk.web.bell import Bell
from kiosk.web.drafts import Drafts
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
    office_key: OfficeKey
    streams: Streams = field(default_factory=Streams)
    printer_bell: Bell = field(default_factory=Bell)
    counter_lock: threading.Lock = field(default_factory=threading.Lock)
    tracking: Limit = field(default_factory=lambda: Limit(per_s=5, burst=30))
    drafts: Drafts = field(default_factory=Drafts)
    complaints: ComplaintBook = field(default_factory=load_complaints)
    survey: Survey = field(default_factory=load_survey)
    central_recipient: PublicKey | None = None
    voice: Engine = field(default_factory=Espeak)

    @property
    def prints(self) -> bool:
        """Whether this kiosk has a printer at all."""
        return self.settings.printer.connection != "none"

    @property
    def can_seal(self) -> bool:
        """Whether what a resident writes has a reader; without one nothing may be asked."""
        return self.central_recipient is not None

    def recipients(self) -> tuple[PublicKey, ...]:
        """To whom forms are sealed now: the central and, once it has a key, the office. Raises BadInput without any."""
        readers = (self.central_recipient, office_recipient(self.settings.office_key))
        return tuple(reader for reader in readers if reader is not None)

    @property
    def utc_offset_h(self) -> int:
        return self.settings.site.utc_offset_h


def office() -> Office:
    """The office of the current request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Office)
    return found
