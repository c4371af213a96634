"""What the central's store takes and gives: frozen values, no rows.

Times are Unix milliseconds. A view is one moment's reading and never changes under its reader.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.event import Lane


class SiteCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site as officers know it. `utc_offset_h`: WIB 7, WITA 8, WIT 9."""

    code: str
    name: str
    address: str
    contact: str = ""
    latitude: float | None = None
    longitude: float | None = None
    utc_offset_h: int = 7


class Cursor(msgspec.Struct, frozen=True):
    """How far a stream is on disk here without a gap, and the chain's hash at that event."""

    committed_through: int
    head_hash: bytes


class Committed(msgspec.Struct, frozen=True):
    """What a commit left behind: the gapless prefix, and how many of its events were new."""

    committed_through: int
    inserted: int


class Down(msgspec.Struct, frozen=True):
    """A message to a device, applied there once by its number."""

    number: int
    kind: str
    body: bytes


class CloseReason(StrEnum):
    TRUE = "true"
    TEST = "test"
    MISTAKEN = "mistaken"
    FALSE = "false"


CLOSE_REASON_WORDS = {
    CloseReason.TRUE: "Benar",
    CloseReason.TEST: "Uji coba",
    CloseReason.MISTAKEN: "Salah tekan",
    CloseReason.FALSE: "Palsu",
}


class DispatchDetail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is on the way and how long they will take."""

    unit: Annotated[str, Meta(min_length=1, max_length=60)]
    minutes: Annotated[int, Meta(ge=0, le=600)]


class CloseDetail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: CloseReason
    note: Annotated[str, Meta(max_length=500)] = ""


class NoDetail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Acknowledging and arriving say no more than who and when."""


class TicketView(msgspec.Struct, frozen=True):
    id: str
    device: str
    site_code: str
    utc_offset_h: int
    day: str
    number: str
    service: str
    state: str
    counter: int | None
    issued_ms: int
    changed_ms: int


class TrackView(msgspec.Struct, frozen=True):
    """State of a ticket, request or complaint for whoever holds its code; nothing personal. `service` of a complaint
    is its kind; `due_ms`: until when a first answer was promised, None once there is one. `heard_ms`: last word of its
    kiosk."""

    kind: str
    site_name: str
    utc_offset_h: int
    service: str
    state: str
    began_ms: int
    changed_ms: int
    heard_ms: int | None = None
    number: str | None = None
    counter: int | None = None
    day: str | None = None
    ahead: int | None = None
    due_ms: int | None = None


class DeviceView(msgspec.Struct, frozen=True):
    """One kiosk. `reports`: its latest word on each thing; `dropped`: events of it that will never arrive; `tested_ms`,
    `drilled_ms`: its last daily test, and its last drill that somebody answered."""

    id: str
    site_code: str
    utc_offset_h: int
    enrolled_ms: int
    last_contact_ms: int | None
    presence: str | None
    business_day: str | None
    reports: dict[str, dict[str, object]]
    dropped: int = 0
    tested_ms: int | None = None
    drilled_ms: int | None = None


class SiteView(msgspec.Struct, frozen=True):
    """A site with its devices and, of its business day, how many tickets stand in each state."""

    site: SiteCard
    devices: tuple[DeviceView, ...]
    business_day: str | None
    tickets: dict[str, int]

    @property
    def last_contact_ms(self) -> int | None:
        heard = (device.last_contact_ms for device in self.devices)
        return max((at_ms for at_ms in heard if at_ms is not None), default=None)


class EventView(msgspec.Struct, frozen=True):
    """One event as it arrived; `arrival` is its place among all events of this central.

    `true_ms` is when it happened; None: the kiosk's clock was wrong (`wall_ms` is what it showed) and nobody knows yet.
    """

    arrival: int
    device: str
    epoch: str
    lane: Lane
    seq: int
    kind: str
    wall_ms: int
    synchronised: bool
    true_ms: int | None
    received_ms: int
    hash: bytes
    body: bytes


class Session(msgspec.Struct, frozen=True):
    """An officer at the console. `csrf` must come back in every form."""

    officer: str
    post: str
    csrf: str
    expires_ms: int
