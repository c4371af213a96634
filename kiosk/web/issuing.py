"""From a chosen service to a committed ticket, for the screen and for programs alike.

The slip goes to the printer as values (`kiosk.store.slips`): the resident sees the number as soon as it is on disk.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kiosk.catalogue.values import Service, rupiah
from kiosk.core.clock import local_time
from kiosk.core.waiting import Wait, words
from kiosk.printing.layout import TicketSlip, render
from kiosk.store.slips import waiting_slip
from kiosk.store.tickets import Issued, issue
from kiosk.web.dates import date_in_words
from kiosk.web.office import Office


def issue_ticket(office: Office, service_id: str, key: str | None) -> tuple[Issued, Wait]:
    """Draws a number and queues its slip; returns after both are on disk.

    Raises NotFound for a service that this office does not offer, BadInput or Conflict for a bad key.
    """
    service = office.catalogue.service(service_id)
    slip = _slip_of(office, service) if office.prints else None
    issued = issue(office.store, service.id, service.letter, office.utc_offset_h, key, slip)
    if slip is not None:
        office.print_wake.set()
    return issued, office.waits.estimate(issued.ahead, service.duration_min)


def track_url(office: Office, track: str) -> str:
    """Where a phone follows the ticket."""
    return f"{office.settings.sync.central_url}/lacak/{track}"


def render_slip(values: bytes) -> bytes:
    """The bytes for the printer, from the values that were queued."""
    return render(msgspec.json.decode(values, type=TicketSlip))


def _slip_of(office: Office, service: Service) -> Callable[[Issued], bytes]:
    def slip(issued: Issued) -> bytes:
        site = office.settings.site
        issued_at = local_time(issued.ticket.issued_ms, site.utc_offset_h)
        values = TicketSlip(
            site_name=site.name,
            agency=site.agency,
            number=issued.ticket.number,
            service_name=service.name.id,
            issued_at=f"{date_in_words(issued_at, 'id')}, pukul {issued_at:%H.%M}",
            wait=words(office.waits.estimate(issued.ahead, service.duration_min)),
            people_ahead=issued.ahead,
            fee=_official_fee(service),
            requirements=tuple(requirement.id for requirement in service.requirements),
            track_url=track_url(office, issued.track),
            track_code=issued.track,
            paper_width_dots=office.settings.printer.paper_width_dots,
        )
        return waiting_slip(msgspec.json.encode(values))

    return slip


def _official_fee(service: Service) -> str:
    amounts = {fee.amount_idr for fee in service.fees}
    amount = amounts.pop() if len(amounts) == 1 else None
    told = rupiah(amount) if amount is not None else "sesuai daftar di layar kios"
    return f"Biaya resmi: {told} — laporkan pungutan liar"
