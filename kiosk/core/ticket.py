"""A queue ticket (nomor antrean): its values and the one table of what may happen to it.

A ticket is served at most once and never disappears: every path ends in SERVED, NO_SHOW or ENDED (the day was closed
around it). A person whose number was missed comes back by TAKE_BACK; one with an appointment is BOOKED until its time
has come and then ENTERs the queue. Who is *next* is another rule's business (`kiosk.core.queue_rule`).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.transition import step


class TicketState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    SERVED = "served"
    NO_SHOW = "no-show"
    ENDED = "ended"
    BOOKED = "booked"


class TicketAction(StrEnum):
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    MISS = "no-show"
    HOLD = "hold"
    TAKE_BACK = "take-back"
    TRANSFER = "transfer"
    BOOK = "book"
    ENTER = "enter"
    ADD_SERVICE = "add-service"
    GRANT = "grant-priority"
    REVOKE = "revoke-priority"
    CARRY = "carry-over"
    END = "end"


S, A = TicketState, TicketAction
TICKET_STEPS: dict[tuple[TicketState, TicketAction], TicketState] = {
    (S.WAITING, A.CALL): S.CALLED,
    (S.WAITING, A.TRANSFER): S.WAITING,
    (S.WAITING, A.HOLD): S.HELD,
    (S.WAITING, A.BOOK): S.BOOKED,
    (S.WAITING, A.GRANT): S.WAITING,
    (S.WAITING, A.REVOKE): S.WAITING,
    (S.WAITING, A.CARRY): S.WAITING,
    (S.WAITING, A.END): S.ENDED,
    (S.BOOKED, A.ENTER): S.WAITING,
    (S.BOOKED, A.CALL): S.CALLED,  # the person is here early and a counter is free
    (S.BOOKED, A.GRANT): S.BOOKED,
    (S.BOOKED, A.REVOKE): S.BOOKED,
    (S.BOOKED, A.CARRY): S.BOOKED,
    (S.BOOKED, A.END): S.ENDED,
    (S.CALLED, A.RECALL): S.CALLED,
    (S.CALLED, A.START): S.SERVING,
    (S.CALLED, A.FINISH): S.SERVED,  # a counter that never presses "start" still ends the visit
    (S.CALLED, A.MISS): S.NO_SHOW,
    (S.CALLED, A.HOLD): S.HELD,
    (S.CALLED, A.TAKE_BACK): S.WAITING,
    (S.CALLED, A.TRANSFER): S.WAITING,
    (S.CALLED, A.CARRY): S.WAITING,
    (S.CALLED, A.END): S.ENDED,
    (S.SERVING, A.FINISH): S.SERVED,
    (S.SERVING, A.HOLD): S.HELD,
    (S.SERVING, A.TRANSFER): S.WAITING,
    (S.SERVING, A.ADD_SERVICE): S.SERVING,
    (S.SERVING, A.CARRY): S.HELD,
    (S.SERVING, A.END): S.ENDED,
    (S.HELD, A.TAKE_BACK): S.WAITING,
    (S.HELD, A.CALL): S.CALLED,
    (S.HELD, A.TRANSFER): S.WAITING,
    (S.HELD, A.BOOK): S.BOOKED,
    (S.HELD, A.GRANT): S.HELD,
    (S.HELD, A.REVOKE): S.HELD,
    (S.HELD, A.CARRY): S.HELD,
    (S.HELD, A.END): S.ENDED,
    (S.NO_SHOW, A.TAKE_BACK): S.WAITING,
    (S.NO_SHOW, A.CALL): S.CALLED,
    (S.NO_SHOW, A.END): S.ENDED,
}

TICKET_STATE_WORDS = {
    S.WAITING: "menunggu",
    S.CALLED: "dipanggil",
    S.SERVING: "dilayani",
    S.HELD: "ditunda",
    S.SERVED: "selesai dilayani",
    S.NO_SHOW: "tidak hadir",
    S.ENDED: "hari ditutup",
    S.BOOKED: "janji temu",
}


OPEN_STATES = (S.WAITING, S.BOOKED, S.CALLED, S.SERVING, S.HELD)  # what closing a day must bring to an end


class Ticket(msgspec.Struct, frozen=True):
    """One number in a (business day, series). `arrived` orders the queue; wall times are for people only.

    `priority` names why somebody comes first, empty for none; `due_ms` is an appointment's time; `for_counter` is the
    one counter that may call it; `note` is what one officer wrote for the next.
    """

    id: str
    day: str
    series: str
    ordinal: int
    service: str
    state: TicketState
    issued_ms: int
    arrived: int
    counter: int | None = None
    called_ms: int | None = None
    calls: int = 0
    priority: str = ""
    due_ms: int | None = None
    for_counter: int | None = None
    note: str = ""

    @property
    def number(self) -> str:
        """As printed and called: `A-017`."""
        return number(self.series, self.ordinal)


def number(series: str, ordinal: int) -> str:
    """`A` and 17 make `A-017`; the thousandth of a day simply grows a digit."""
    return f"{series}-{ordinal:03d}"


def after(ticket: Ticket, action: TicketAction) -> TicketState:
    """The state after `action`; BadTransition names the ticket's number."""
    return step(TICKET_STEPS, f"Nomor {ticket.number}", ticket.state, action)
