"""What stands on a ticket, in words: from a service and an issued number to the values that the printer's layout takes.

Pure, so that `kentongan ticket preview` shows exactly what a resident would get.
"""

from __future__ import annotations

from typing import Literal

from kiosk.catalogue.loader import load_catalogue
from kiosk.catalogue.values import Service, rupiah
from kiosk.core.clock import Clock, SystemClock, local_time
from kiosk.core.settings import SiteSettings
from kiosk.core.ticket import Ticket, TicketState
from kiosk.core.waiting import Wait, estimate, in_fives
from kiosk.printing.layout import TicketSlip
from kiosk.printing.receipt import Receipt
from kiosk.printing.words import speaker
from kiosk.store.tickets import Issued
from kiosk.web.dates import date_in_words

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


def example_receipt(
    settings: SiteSettings,
    service_id: str,
    kind: Literal["request", "complaint"],
    language: str = "id",
    clock: Clock | None = None,
) -> Receipt:
    """The receipt of a request for this service, or of a complaint about it. Raises NotFound for the service."""
    service, is_request = _service(settings, service_id), kind == "request"
    return Receipt(
        kind=kind,
        site_name=settings.site.name,
        agency=settings.site.agency,
        subject=service.name.in_(language),
        received_at=time_in_words(settings, (clock or SystemClock()).now().wall_ms, language),
        promise=service.completion.in_(language) if is_request else "",
        track_url=track_url(settings, _EXAMPLE_TRACK),
        track_code=_EXAMPLE_TRACK,
        fee=official_fee(service, language) if is_request else "",
        bring=tuple(requirement.in_(language) for requirement in service.requirements) if is_request else (),
        anonymous=not is_request,
        language=language,
    )


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
