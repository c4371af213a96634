"""What came of an event on this path, each with its time and the receiver's raw words; and how the path is. Pure.

An ACK proves that the receiver has taken the message (E3), and no more: nobody has answered, and it may not even be
stored. Only the first report of an alert moves that alert's evidence; that its cancelling was carried does not.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from firmware_bridge.dc09.events import Event, Report
from kiosk.core.alert import AlertAction
from kiosk.core.clock import Moment

PATH = "dc09"
MISSES_LIMIT = 3
SILENCE_LIMIT_MS = 90_000  # EN 50136 DP4: a lost path is told within 90 s


class Outcome(StrEnum):
    HANDED = "handed"  # the bytes left this box
    CARRIED = "carried"  # ACK
    REFUSED = "refused"  # DUH: not repeated, a person must look
    PUT_OFF = "put-off"  # NAK: sent again with the receiver's time
    IGNORED = "ignored"  # came instead of a reply and proves nothing


_ACTIONS = {Outcome.HANDED: AlertAction.HAND, Outcome.CARRIED: AlertAction.CARRY}


class Step(msgspec.Struct, frozen=True):
    """`event` is None for a supervision poll. `raw` is what was sent or came, as text; `why` it was ignored."""

    event: Event | None
    outcome: Outcome
    at: Moment
    raw: str
    why: str = ""
    path: str = PATH

    @property
    def action(self) -> AlertAction | None:
        """The step of the alert table that this proves for alert `event.key`, if any."""
        if self.event is None or self.event.report is not Report.RAISED:
            return None
        return _ACTIONS.get(self.outcome)


class Health(msgspec.Struct, frozen=True):
    """One look at the path. `proven_ms` is when it last worked (or began), monotonic; `ignored` counts bad replies;
    `says_nak` is that the last miss was one, though the receiver's own time was told; `trouble` is for a log."""

    proven_ms: int
    misses: int = 0
    says_nak: bool = False
    waiting: int = 0
    ignored: int = 0
    refused_event: str = ""
    refuses_polls: bool = False
    trouble: str = ""


def fault_words(health: Health, now_ms: int) -> tuple[str, ...]:
    """What is wrong with the path now, in words that fit the box's line; empty when all is well."""
    words = []
    if health.misses >= MISSES_LIMIT or now_ms - health.proven_ms > SILENCE_LIMIT_MS:
        words.append(f"pusat alarm DC-09 {'terus menjawab NAK' if health.says_nak else 'tidak menjawab'}")
    if health.refused_event:
        words.append(f"pusat alarm DC-09 menolak pesan {health.refused_event}")
    if health.refuses_polls:
        words.append("pusat alarm DC-09 menolak pemeriksaan")
    return tuple(words)
