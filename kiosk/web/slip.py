"""What stands on a ticket, in words: from a service and an issued number to the values that the printer's layout takes.

Pure, so that `kentongan ticket preview` shows exactly what a resident would get.
"""

from __future__ import annotations

from kiosk.catalogue.loader import load_catalogue
from kiosk.catalogue.values import Service, rupiah
from kiosk.core.clock import Clock, SystemClock, local_time
from kiosk.core.settings import SiteSettings
from kiosk.core.ticket import Ticket, TicketState
from kiosk.core.waiting import Wait, estimate, words
from kiosk.printing.layout import TicketSlip
from kiosk.store.tickets import Issued
from kiosk.web.dates import date_in_words

_EXAMPLE_TRACK = "K7F-234-QX3"
_EXAMPLE_AHEAD = 3


def track_url(settings: SiteSettings, track: str) -> str:
    """Where a phone follows the ticket."""
    return f"{settings.sync.central_url}/lacak/{track}"


def slip_of(settings: SiteSettings, service: Service, issued: Issued, wait: Wait) -> TicketSlip:
    """The slip of an issued ticket, in Indonesian and in the site's own time."""
    issued_at = local_time(issued.ticket.issued_ms, settings.site.utc_offset_h)
    return TicketSlip(
        site_name=settings.site.name,
        agency=settings.site.agency,
        number=issued.ticket.number,
        service_name=service.name.id,
        issued_at=f"{date_in_words(issued_at, 'id')}, pukul {issued_at:%H.%M}",
        wait=words(wait),
        people_ahead=issued.ahead,
        fee=_official_fee(service),
        requirements=tuple(requirement.id for requirement in service.requirements),
        track_url=track_url(settings, issued.track),
        track_code=issued.track,
        paper_width_dots=settings.printer.paper_width_dots,
    )


def example_slip(settings: SiteSettings, service_id: str, clock: Clock | None = None) -> TicketSlip:
    """The slip that a resident would get now, with an example's number and code. Raises NotFound for the service."""
    catalogue = load_catalogue(settings.paths.catalogue or settings.site.kind)
    service = catalogue.service(service_id)
    at_ms = (clock or SystemClock()).now().wall_ms
    ticket = Ticket("example", "", service.letter, 17, service_id, TicketState.WAITING, at_ms, _EXAMPLE_AHEAD + 1)
    wait = estimate(_EXAMPLE_AHEAD, service.duration_min, (), settings.site.counters)
    return slip_of(settings, service, Issued(ticket, _EXAMPLE_TRACK, _EXAMPLE_AHEAD), wait)


def _official_fee(service: Service) -> str:
    amounts = {fee.amount_idr for fee in service.fees}
    amount = amounts.pop() if len(amounts) == 1 else None
    told = rupiah(amount) if amount is not None else "sesuai daftar di layar kios"
    return f"Biaya resmi: {told} — laporkan pungutan liar"
