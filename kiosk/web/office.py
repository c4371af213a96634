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
from kiosk.core.desk import Desk
from kiosk.core.settings import SiteSettings
from kiosk.http.pulse import Shared
from kiosk.http.stream import Streams
from kiosk.sealing.office_key import OfficeKey, office_recipient
from kiosk.store.call_log import Told
from kiosk.store.database import Store
from kiosk.store.issuer import Issuer
from kiosk.voice.engines import Voice
from kiosk.voice.espeak_engine import Engine, Espeak
from kiosk.web.bell import Bell
from kiosk.web.desks import desk_at
from kiosk.web.drafts import Drafts
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
    office_key: OfficeKey
    issuer: Issuer
    streams: Streams
    voice: Voice
    board: Shared[str]
    calls: Shared[list[Told]]
    printer_bell: Bell = field(default_factory=Bell)
    counter_lock: threading.Lock = field(default_factory=threading.Lock)
    speakers: Speakers = field(default_factory=Speakers)
    tracking: Limit = field(default_factory=lambda: Limit(per_s=5, burst=30))
    drafts: Drafts = field(default_factory=Drafts)
    complaints: ComplaintBook = field(default_factory=load_complaints)
    survey: Survey = field(default_factory=load_survey)
    central_recipient: PublicKey | None = None
    reader: Engine = field(default_factory=Espeak)  # reads the screen aloud

    @property
    def prints(self) -> bool:
        """Whether this kiosk has a printer at all."""
        return self.settings.printer.connection != "none"

    def desk(self, counter: int, officer: str) -> Desk:
        """An officer's desk, with the services that are called there."""
        return desk_at(self.catalogue, self.settings.site.counters, counter, officer)

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
