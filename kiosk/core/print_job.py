"""A print job: the bytes as rendered, and the one table of what can be known about their way to paper.

A ticket is committed first and printed second. Once a byte has left, nothing is ever sent again by itself: whoever
finds out nothing says `unknown`, and a person decides about a copy (SALINAN).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.transition import step


class PrintState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"


class PrintAction(StrEnum):
    START = "start"
    WRITTEN = "written"
    PROVEN = "proven"
    SILENT = "silent"
    BROKEN = "broken"
    REFUSED = "refused"


S, A = PrintState, PrintAction
PRINT_STEPS: dict[tuple[PrintState, PrintAction], PrintState] = {
    (S.QUEUED, A.START): S.SENDING,
    (S.QUEUED, A.REFUSED): S.FAILED,  # cannot be printed here at all, e.g. no printer is set up
    (S.SENDING, A.WRITTEN): S.SENT,
    (S.SENDING, A.BROKEN): S.UNKNOWN,  # some bytes may be on paper; also a job found half-way after a crash
    (S.SENDING, A.REFUSED): S.QUEUED,  # the first byte never left: it waits for the printer
    (S.SENT, A.PROVEN): S.CONFIRMED,
    (S.SENT, A.SILENT): S.UNKNOWN,
    (S.SENT, A.BROKEN): S.UNKNOWN,
}

PRINT_STATE_WORDS = {
    S.QUEUED: "Menunggu printer",
    S.SENDING: "Sedang dicetak",
    S.SENT: "Sedang dicetak",
    S.CONFIRMED: "Sudah dicetak",
    S.UNKNOWN: "Periksa apakah kertasnya keluar",
    S.FAILED: "Tidak dicetak",
}


class Job(msgspec.Struct, frozen=True):
    """One job; `bytes` never change after rendering and `sha256` proves it. `copy` 0 is the original.

    `ticket_id` names the ticket, request or complaint that it was printed for.
    """

    id: str
    ticket_id: str
    state: PrintState
    bytes: bytes
    sha256: str
    copy: int = 0
    detail: str = ""


def after(job: Job, action: PrintAction) -> PrintState:
    """The state after `action`; BadTransition names the job."""
    return step(PRINT_STEPS, f"Cetakan {job.id[-6:]}", job.state, action)
