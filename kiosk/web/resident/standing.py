"""Where a ticket stands, in words: for its own page and for whoever follows it by code."""

from __future__ import annotations

from kiosk.core.ticket import Ticket
from kiosk.web.hall.crowd import people_ahead
from kiosk.web.hall.lines import cut_since
from kiosk.web.office import office
from kiosk.web.resident.speech import speaker, wait_words


def standing(ticket: Ticket, language: str) -> dict[str, object]:
    """Queue, wait and state of a ticket as templates take them."""
    here, say = office(), speaker(language)
    service = here.catalogue.service(ticket.service)
    ahead, cut = people_ahead(here, ticket), cut_since(here)
    wait = wait_words(here.waits.estimate(ahead, service.duration_min), language)
    place = say(f"ahead_{ahead}" if ahead < 2 else "ahead_many", count=ahead)
    if cut:  # a satellite alone knows only its own people, and nobody can promise a wait
        place, wait = say("hall_cut_place", since=cut), say("hall_cut_wait")
    return {
        "ticket": ticket,
        "service": service,
        "ahead": ahead,
        "ahead_words": place,
        "wait": wait,
        "state_words": say(f"ticket_{ticket.state.value}", counter=ticket.counter),
    }
