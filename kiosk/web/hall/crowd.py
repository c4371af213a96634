"""How many wait, in the whole hall: what this kiosk's own rows say and, at a satellite, what the hub said last."""

from __future__ import annotations

from collections import Counter

from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.hall import waiting_by_service
from kiosk.store.tickets import ahead_of, today, waiting_count
from kiosk.web.office import Office


def people_waiting(here: Office) -> int:
    day = today(here.store)
    own = waiting_count(here.store, day) if day is not None else 0
    return own + (here.satellite.elsewhere() if here.satellite is not None else 0)


def waiting_for(here: Office) -> dict[str, int]:
    """By service; services without a queue are left out."""
    own = waiting_by_service(here.store, today(here.store))
    return dict(Counter(own) + Counter(here.satellite.picture.waiting)) if here.satellite is not None else own


def people_ahead(here: Office, ticket: Ticket) -> int:
    """How many wait before a ticket. Until the hub has said it, everybody elsewhere is taken to be before it."""
    own = ahead_of(here.store, ticket)
    if here.satellite is None or ticket.state is not TicketState.WAITING:
        return own
    return here.satellite.picture.ahead.get(ticket.id, own + here.satellite.elsewhere())
