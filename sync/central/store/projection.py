"""From an event's body to what the post shows: the pure half.

`read` turns one event into a projection value or says why it can't; `apply` (in `project`) writes it. An unknown kind
is no error: it is kept raw, because a kiosk may be newer than its central. An alert's code is taken as text for the
same reason. Bodies may carry more fields than are read here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.alert import AlertState, Evidence
from kiosk.core.complaint import ComplaintState
from kiosk.core.contact_id import PERIODIC_TEST
from kiosk.core.document import Sha256
from kiosk.core.errors import BadInput
from kiosk.core.event import Event
from kiosk.core.request import RequestState
from kiosk.core.ticket import TicketState

MAX_INT = 2**63 - 1
SMS_PATH, AGAIN, POST_PATH = "sms/", "again/", "posko"  # how a site names its ways (kiosk.core.climb)
REPORT_KINDS = (
    *("heartbeat", "printer.status", "box.status", "box.fault", "box.cleared"),
    *("sync.status", "storage.room"),
)

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Count = Annotated[int, Meta(ge=0, le=MAX_INT)]
Waited = Annotated[int, Meta(ge=0, le=366 * 86_400_000)]
# Hex is looked at in `read`: a pattern takes 1 µs a ticket.
TrackHash = Annotated[str, Meta(min_length=64, max_length=64)]


class AlertRaised(msgspec.Struct, frozen=True):
    id: Id
    code: Word
    source: Annotated[str, Meta(max_length=500)]  # names the press, key of its edge included
    nonce: Annotated[str, Meta(max_length=128)]
    raised_ms: Count
    presses: Count = 1
    drill: bool = False


class AlertJoined(msgspec.Struct, frozen=True):
    id: Id
    presses: Count


class AlertEvidence(msgspec.Struct, frozen=True):
    """A step on the site's own ladder: what the alert had proven by then, and `level`, what it proved on its path.

    An older kiosk tells no level; `raw` is the carrier's reply, `officer` who answered there.
    """

    id: Id
    state: AlertState
    evidence: Evidence
    path: Annotated[str, Meta(max_length=200)] = ""
    level: Evidence | None = None
    raw: Annotated[str, Meta(max_length=2000)] = ""
    officer: Annotated[str, Meta(max_length=80)] = ""

    @property
    def is_post_answer_taken(self) -> bool:
        """The box tells back that it has committed an answer of the post."""
        return self.path == POST_PATH and self.level is not None and self.level >= Evidence.ACKNOWLEDGED

    @property
    def is_answer_by_sms(self) -> bool:
        """A named contact answered on the site's own way. What the box tells back of the post's answers is none."""
        by_sms = self.path.removeprefix(AGAIN).startswith(SMS_PATH)
        return by_sms and self.level is Evidence.ACKNOWLEDGED and self.officer != ""


class AlertCancelled(msgspec.Struct, frozen=True):
    id: Id


class AlertAnswerShown(msgspec.Struct, frozen=True):
    id: Id
    action: Word
    officer: Annotated[str, Meta(max_length=200)] = ""


class AlarmTest(msgspec.Struct, frozen=True):
    """The site's daily test: that it arrived is all it says. `contact_id` is what a receiving centre was told."""

    contact_id: Annotated[int, Meta(ge=0, le=999)] = PERIODIC_TEST


class TicketIssued(msgspec.Struct, frozen=True):
    id: Id
    number: Word
    series: Word
    ordinal: Count
    day: date
    service: Word
    track_hash: TrackHash | None = None
    waited_ms: Waited = 0  # since it was drawn at another kiosk of the hall


class TicketChanged(msgspec.Struct, frozen=True):
    id: Id
    state: TicketState
    counter: Count | None = None


class RequestSubmitted(msgspec.Struct, frozen=True):
    id: Id
    service: Word
    track_hash: TrackHash | None = None


class RequestChanged(msgspec.Struct, frozen=True):
    id: Id
    state: RequestState


class ComplaintFiled(msgspec.Struct, frozen=True):
    """`complaint` is its kind; `promise_h` hours until the first answer is promised."""

    id: Id
    complaint: Word
    topic: Word
    promise_h: Annotated[int, Meta(ge=0, le=8_784)]
    track_hash: TrackHash | None = None


class ComplaintChanged(msgspec.Struct, frozen=True):
    id: Id
    state: ComplaintState


class DayOpened(msgspec.Struct, frozen=True):
    day: date


class DocumentApplied(msgspec.Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    version: Count
    sha256: Sha256


class CommandResult(msgspec.Struct, frozen=True):
    id: Id
    ok: bool
    result: dict[str, object]
    why: Annotated[str, Meta(max_length=2000)] = ""


class Report(msgspec.Struct, frozen=True):
    """The latest word of a device on one thing, as it came."""

    kind: str
    body: str


Projection = (
    AlertRaised
    | AlertJoined
    | AlertEvidence
    | AlertCancelled
    | AlertAnswerShown
    | AlarmTest
    | TicketIssued
    | TicketChanged
    | RequestSubmitted
    | RequestChanged
    | ComplaintFiled
    | ComplaintChanged
    | DayOpened
    | DocumentApplied
    | CommandResult
    | Report
)

_TYPES: dict[str, type[Projection]] = {
    "alert.raised": AlertRaised,
    "alert.joined": AlertJoined,
    "alert.evidence": AlertEvidence,
    "alert.cancelled": AlertCancelled,
    "alert.answer-shown": AlertAnswerShown,
    "alarm.test": AlarmTest,
    "ticket.issued": TicketIssued,
    "request.submitted": RequestSubmitted,
    "request.changed": RequestChanged,
    "complaint.filed": ComplaintFiled,
    "complaint.changed": ComplaintChanged,
    "day.opened": DayOpened,
    "document.applied": DocumentApplied,
    "command.result": CommandResult,
}
_KINDS: dict[str, msgspec.json.Decoder[Projection]] = {
    kind: msgspec.json.Decoder(type_) for kind, type_ in _TYPES.items()
}
_CHANGED: msgspec.json.Decoder[Projection] = msgspec.json.Decoder(TicketChanged)


def read(event: Event) -> Projection | None:
    """What the event changes here, or None. Raises BadInput when the kind is known and the body is no such thing."""
    known = _KINDS.get(event.kind)
    if known is None and event.kind.startswith("ticket."):
        known = _CHANGED
    try:
        if event.kind in REPORT_KINDS:
            msgspec.json.decode(event.body, type=dict[str, object])
            found: Projection = Report(event.kind, _text(event.body))
        elif known is None:
            return None
        else:
            found = known.decode(event.body)
            if type(found) is TicketIssued and found.track_hash is not None:
                bytes.fromhex(found.track_hash)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"isi {event.kind} tidak terbaca: {error}") from error
    if b"\\u" in event.body:  # how valid JSON spells a NUL or half a surrogate pair: it has no other way
        for field in msgspec.structs.asdict(found).values():
            if isinstance(field, str):
                require_text(field, event.kind)
    return found


def require_text(text: str, where: str) -> None:
    """Raises BadInput for text that PostgreSQL can't hold."""
    if "\0" in text:
        raise BadInput(f"teks di {where} berisi karakter NUL")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"teks di {where} bukan Unicode yang sah") from error


def _text(body: bytes) -> str:
    return body.decode("utf-8")
