"""From a chosen service to a committed ticket, for the screen and for programs alike.

The slip goes to the printer as values (`kiosk.store.slips`): the resident sees the number as soon as it is on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kiosk.catalogue.values import Service
from kiosk.core.waiting import Wait
from kiosk.printing.slip import queued
from kiosk.store.slips import waiting_slip
from kiosk.store.tickets import Issued, Wish
from kiosk.web.office import Office
from kiosk.web.slip import slip_of


def issue_ticket(office: Office, service_id: str, key: str | None, language: str = "id") -> tuple[Issued, Wait]:
    """Draws a number and queues its slip in `language`; returns after both are on disk.

    Raises NotFound for a service that this office does not offer, BadInput or Conflict for a bad key.
    """
    service = office.catalogue.service(service_id)
    slip = _slip_of(office, service, language) if office.prints else None
    promise = partial(_estimate, office, service)
    issued = office.issuer.issue(Wish(service.id, service.letter, key, slip, estimate=promise))
    if slip is not None:
        office.printer_bell.ring()
    return issued, _estimate(office, service, issued.ahead)


def _estimate(office: Office, service: Service, ahead: int) -> Wait:
    return office.waits.estimate(ahead, service.duration_min)


def _slip_of(office: Office, service: Service, language: str) -> Callable[[Issued], bytes]:
    def slip(issued: Issued) -> bytes:
        wait = _estimate(office, service, issued.ahead)
        return waiting_slip(queued(slip_of(office.settings, service, issued, wait, language)))

    return slip
