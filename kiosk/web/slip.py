"""What stands on a ticket or a receipt, in words: from what was committed to values for the printer's layout.

Pure, so that `kentongan ticket preview` shows exactly what a resident would get.
"""

from __future__ import annotations

from typing import Literal

from kiosk.catalogue.loader import load_catalogue, load_complaints
from kiosk.catalogue.values import Service, rupiah
from kiosk.core.clock import Clock, SystemClock, local_time
from kiosk.core.complaint import ComplaintKind
from kiosk.core.settings import SiteSettings
from kiosk.core.ticket import Ticket, TicketState
from kiosk.core.waiting import Wait, estimate, in_fives
from kiosk.printing.layout import TicketSlip
from kiosk.printing.receipt import Receipt
from kiosk.printing.words import speaker
from kiosk.store.complaints import HOUR_MS
from kiosk.store.tickets import Issued
from kiosk.web.dates import date_in_words, moment_in_words

_EXAMPLE_TRACK = "K7F-234-QX3"
_EXAMPLE_AHEAD = 3


def track_url(settings: SiteSettings, track: str) -> str:
    """Where a phone follows the ticket."""
    return f"{settings.sync.central_url}/lacak/{track}"


def slip_of(settings: SiteSettings, service: Service, issued: Issued, wait: Wait, language: str = "id") -> TicketSlip:
    """The slip of an issued ticket, in the resident's language and in the site's own time."""
    return TicketSlip(
        site_name=settings.site.name,
        agency=settings.site.agency,
        number=issued.ticket.number,
        service_name=service.name.in_(language),
        issued_at=time_in_words(settings, issued.ticket.issued_ms, language),
        wait=_wait_words(wait, language),
        people_ahead=issued.ahead,
        fee=official_fee(service, language),
        requirements=tuple(requirement.in_(language) for requirement in service.requirements),
        track_url=track_url(settings, issued.track),
        track_code=issued.track,
        language=language,
    )


def official_fee(service: Service, language: str = "id") -> str:
    """The line against illegal levies: `Biaya resmi: Rp0 — laporkan pungutan liar`."""
    say = speaker(language)
    amounts = {fee.amount_idr for fee in service.fees}
    amount = amounts.pop() if len(amounts) == 1 else None
    return say("fee", amount=rupiah(amount) if amount is not None else say("fee_listed"))


def time_in_words(settings: SiteSettings, wall_ms: int, language: str = "id") -> str:
    """`Senin, 23 November 2026, pukul 09.14` in the site's own time."""
    at = local_time(wall_ms, settings.site.utc_offset_h)
    clock = f"{at:%H:%M}" if language == "en" else f"pukul {at:%H.%M}"
    return f"{date_in_words(at, language)}, {clock}"


def example_slip(
    settings: SiteSettings, service_id: str, language: str = "id", clock: Clock | None = None
) -> TicketSlip:
    """The slip that a resident would get now, with an example's number and code. Raises NotFound for the service."""
    service = _service(settings, service_id)
    at_ms = (clock or SystemClock()).now().wall_ms
    ticket = Ticket("example", "", service.letter, 17, service_id, TicketState.WAITING, at_ms, _EXAMPLE_AHEAD + 1)
    wait = estimate(_EXAMPLE_AHEAD, service.duration_min, (), settings.site.counters)
    return slip_of(settings, service, Issued(ticket, _EXAMPLE_TRACK, _EXAMPLE_AHEAD), wait, language)


def request_receipt(settings: SiteSettings, service: Service, track: str, at_ms: int, language: str = "id") -> Receipt:
    """The receipt of a request, in the resident's language and in the site's own time."""
    return Receipt(
        kind="request",
        site_name=settings.site.name,
        agency=settings.site.agency,
        subject=service.name.in_(language),
        received_at=time_in_words(settings, at_ms, language),
        promise=service.completion.in_(language),
        track_url=track_url(settings, track),
        track_code=track,
        fee=official_fee(service, language),
        bring=tuple(requirement.in_(language) for requirement in service.requirements),
        language=language,
    )


def complaint_receipt(
    settings: SiteSettings, way: str, track: str, at_ms: int, due_ms: int, anonymous: bool, language: str = "id"
) -> Receipt:
    """The receipt of a complaint; `way` is the name of its kind, `due_ms` until when the first answer is promised."""
    due = moment_in_words(local_time(due_ms, settings.site.utc_offset_h), language)
    return Receipt(
        kind="complaint",
        site_name=settings.site.name,
        agency=settings.site.agency,
        subject=way,
        received_at=time_in_words(settings, at_ms, language),
        promise=speaker(language)("complaint_promise", due=due),
        track_url=track_url(settings, track),
        track_code=track,
        anonymous=anonymous,
        language=language,
    )


def example_receipt(
    settings: SiteSettings,
    service_id: str,
    kind: Literal["request", "complaint"],
    language: str = "id",
    clock: Clock | None = None,
) -> Receipt:
    """The receipt of a request for this service, or of a complaint without a name. Raises NotFound for the service."""
    service, at_ms = _service(settings, service_id), (clock or SystemClock()).now().wall_ms
    if kind == "request":
        return request_receipt(settings, service, _EXAMPLE_TRACK, at_ms, language)
    name = load_complaints().way(ComplaintKind.SERVICE).name.in_(language)
    due_ms = at_ms + settings.site.complaint_promise_h * HOUR_MS
    return complaint_receipt(settings, name, _EXAMPLE_TRACK, at_ms, due_ms, True, language)


def _service(settings: SiteSettings, service_id: str) -> Service:
    return load_catalogue(settings.paths.catalogue or settings.site.kind).service(service_id)


def _wait_words(wait: Wait, language: str) -> str:
    say = speaker(language)
    low, high = in_fives(wait)
    if wait.ahead == 0:
        return say("wait_next")
    if high <= 5:
        return say("wait_short")
    return say("wait_about", low=low, high=high) if 0 < low < high else say("wait_up_to", high=high)
