"""Where one sending stands: asked and waiting, paused before it is asked again, or nothing outstanding.

One table. A paused exchange still takes a late reply, since proof may come late; an idle one takes nothing, as nothing
was asked. The pauses are those of SIA DC-09 Annex C: at least 5 s and at most 60 s from one sending to the next, for
ever, with jitter so that a street of boxes whose receiver comes back does not march in step.
"""

from __future__ import annotations

from enum import StrEnum

RETRY_FIRST_S, RETRY_LAST_S = 5.0, 60.0


class Exchange(StrEnum):
    IDLE = "idle"
    AWAITING = "awaiting"
    PAUSED = "paused"


class Happened(StrEnum):
    SEND = "send"
    ACK = "ack"
    DUH = "duh"
    NAK = "nak"
    MISS = "miss"


EXCHANGE_STEPS = {
    (Exchange.IDLE, Happened.SEND): Exchange.AWAITING,
    (Exchange.AWAITING, Happened.ACK): Exchange.IDLE,
    (Exchange.AWAITING, Happened.DUH): Exchange.IDLE,
    (Exchange.AWAITING, Happened.NAK): Exchange.PAUSED,
    (Exchange.AWAITING, Happened.MISS): Exchange.PAUSED,
    (Exchange.PAUSED, Happened.SEND): Exchange.AWAITING,
    (Exchange.PAUSED, Happened.ACK): Exchange.IDLE,
    (Exchange.PAUSED, Happened.DUH): Exchange.IDLE,
    (Exchange.PAUSED, Happened.NAK): Exchange.PAUSED,
}


def retry_s(attempt: int, jitter: float) -> float:
    """Seconds from one sending to the next, after `attempt` unanswered ones (from 0), for a jitter of 0–1."""
    whole = min(RETRY_LAST_S, RETRY_FIRST_S * 2.0 ** min(attempt, 10))
    return max(RETRY_FIRST_S, whole * (0.5 + jitter / 2))
