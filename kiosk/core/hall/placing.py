"""Where a ticket from a satellite goes at the hub: into the queue, or into the books of a day that is over.

The number keeps the day that drew it. Who came today queues today, whatever the satellite's calendar says: its clock
may have been wrong while nobody could tell it. Who came on a day that has ended meanwhile gets what everybody got who
was open when it ended, by the site's own rule.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from kiosk.core.ticket import TicketState


class Place(StrEnum):
    QUEUE = "queue"
    """Waits in the hub's open day, in order of arrival."""
    CARRIED = "carried"
    """Waits, as one who was carried over from the day that drew the number."""
    LATE = "late"
    """The day was over; the number is ended."""


class Placed(msgspec.Struct, frozen=True):
    """`queue_day` is the business day in whose books the ticket stands."""

    place: Place
    queue_day: str

    @property
    def state(self) -> TicketState:
        return TicketState.ENDED if self.place is Place.LATE else TicketState.WAITING


def place(drawn_on: str, arrived: date, newest: str, is_open: bool, carries: bool) -> Placed:
    """`drawn_on` is the number's day, `arrived` the date by the hub's clock, `newest` the hub's newest day.

    `carries`: tickets that are open when a day ends go on to the next.
    """
    is_todays = drawn_on == newest or arrived.isoformat() >= newest
    if is_open and is_todays:
        return Placed(Place.QUEUE, newest)
    if carries:
        return Placed(Place.CARRIED, newest)
    return Placed(Place.LATE, newest if is_todays else min(drawn_on, newest))
