"""What became of the paper, in words: the same truth beside a ticket and beside a receipt.

The printer's owner says how far a job is (`kiosk.core.print_job`); where it does not know, the page does not either and
asks the resident to look. At a kiosk without a printer nothing is promised.
"""

from __future__ import annotations

from typing import Literal

from kiosk.core.print_job import PrintState
from kiosk.store.print_jobs import print_state
from kiosk.web.office import office
from kiosk.web.resident.speech import speaker

# How the state is drawn: tint, and whether it is still moving.
_LOOKS = {
    None: ("idle", ""),
    PrintState.QUEUED: ("waiting", "sending"),
    PrintState.SENDING: ("ok", "sending"),
    PrintState.SENT: ("ok", "sending"),
    PrintState.CONFIRMED: ("ok", ""),
    PrintState.UNKNOWN: ("waiting", ""),
    PrintState.FAILED: ("waiting", ""),
}
# What is said otherwise of a receipt, which has a code and no number.
_OF_A_RECEIPT = frozenset(
    {"queued_advice", "confirmed", "unknown", "unknown_advice", "failed", "failed_advice", "none_advice"}
)


def paper(subject_id: str, language: str, slip: Literal["ticket", "receipt"]) -> dict[str, str]:
    """How the newest print of a ticket or case stands, as templates and the page's script take it."""
    found = print_state(office().store, subject_id)
    state: PrintState | None = found[0] if found else None
    tint, motion = _LOOKS[state]
    say, name = speaker(language), state.value if state is not None else "none"

    def said(key: str) -> str:
        return say(f"receipt_{key}" if slip == "receipt" and key in _OF_A_RECEIPT else f"print_{key}")

    return {"tint": tint, "motion": motion, "words": said(name), "advice": said(f"{name}_advice")}
