"""What the central's store takes and gives: frozen values, no rows.

Times are Unix milliseconds. A view is one moment's reading and never changes under its reader.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.alert import CODE_WORDS, AlertCode, AlertState, Evidence
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


class AlertStep(msgspec.Struct, frozen=True):
    """One thing that became known of an alert. `actor` is a device or an officer."""

    at_ms: int
    action: str
    state: str
    evidence: int
    path: str
    actor: str
    detail: dict[str, object]


class AlertView(msgspec.Struct, frozen=True):
    """One alert as the post sees it. `unit`, `minutes`: what was dispatched; `shown_ms`: the site shows the answer;
    `raised_true_ms`: when it was raised, if the kiosk's clock was wrong then and is known by now."""

    id: str
    device: str
    site: SiteCard
    code: str
    source: str
    presses: int
    drill: bool
    state: AlertState
    evidence: Evidence
    raised_ms: int
    raised_synchronised: bool
    received_ms: int
    cancelled_ms: int | None
    officer: str | None
    acknowledged_ms: int | None
    shown_ms: int | None
    unit: str | None
    minutes: int | None
    dispatched_ms: int | None
    arrived_ms: int | None
    closed_ms: int | None
    close_reason: CloseReason | None
    steps: tuple[AlertStep, ...] = ()
    raised_true_ms: int | None = None

    @property
    def pressed_ms(self) -> int:
        """When it was pressed: by the kiosk's clock if that was right or is known by now, else when it reached us."""
        known_ms = self.raised_ms if self.raised_synchronised else self.raised_true_ms
        return self.received_ms if known_ms is None else min(known_ms, self.received_ms)

    @property
    def is_open(self) -> bool:
        return self.closed_ms is None

    @property
    def words(self) -> str:
        """What was pressed, for people. A code newer than this release is shown as it came, never dropped."""
        return CODE_WORDS[AlertCode(self.code)] if self.code in set(AlertCode) else f"Darurat ({self.code})"


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
    """State of a ticket or request for whoever holds its code; nothing personal. `heard_ms`: last word of its kiosk."""

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


class DeviceView(msgspec.Struct, frozen=True):
    """One kiosk. `reports`: its latest word on each thing; `dropped`: events of it that will never arrive."""

    id: str
    site_code: str
    utc_offset_h: int
    enrolled_ms: int
    last_contact_ms: int | None
    presence: str | None
    business_day: str | None
    reports: dict[str, dict[str, object]]
    dropped: int = 0


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
