"""Where a ticket stands, in words: for its own page and for whoever follows it by code."""

from __future__ import annotations

from kiosk.core.ticket import Ticket
from kiosk.store.tickets import ahead_of
from kiosk.web.office import office
from kiosk.web.resident.speech import speaker, wait_words


def standing(ticket: Ticket, language: str) -> dict[str, object]:
    """Queue, wait and state of a ticket as templates take them."""
    here, say = office(), speaker(language)
    service = here.catalogue.service(ticket.service)
    ahead = ahead_of(here.store, ticket)
    return {
        "ticket": ticket,
        "service": service,
        "ahead": ahead,
        "ahead_words": say(f"ahead_{ahead}" if ahead < 2 else "ahead_many", count=ahead),
        "wait": wait_words(here.waits.estimate(ahead, service.duration_min), language),
        "state_words": say(f"ticket_{ticket.state.value}", counter=ticket.counter),
    }
