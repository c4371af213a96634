"""A complaint (aduan) or a report of a possible disturbance (Siskamling): its states and the promise to answer it.

The promise is the Jawa Tengah one, a first answer within 1x24 hours; no law says so, which is why the hours are a
setting. It is kept by an answer to the reporter, not by passing the complaint on.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.transition import step


class ComplaintKind(StrEnum):
    SERVICE = "aduan"
    WATCH = "siskamling"


class ComplaintState(StrEnum):
    FILED = "filed"
    FORWARDED = "forwarded"
    WORKING = "working"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"


class ComplaintAction(StrEnum):
    FORWARD = "forward"
    WORK = "work"
    ANSWER = "answer"
    REOPEN = "reopen"
    CLOSE = "close"
    REFUSE = "refuse"


S, A = ComplaintState, ComplaintAction
COMPLAINT_STEPS: dict[tuple[ComplaintState, ComplaintAction], ComplaintState] = {
    (S.FILED, A.FORWARD): S.FORWARDED,
    (S.FILED, A.WORK): S.WORKING,
    (S.FILED, A.ANSWER): S.ANSWERED,
    (S.FILED, A.REFUSE): S.REFUSED,
    (S.FORWARDED, A.WORK): S.WORKING,
    (S.FORWARDED, A.ANSWER): S.ANSWERED,
    (S.FORWARDED, A.REFUSE): S.REFUSED,
    (S.WORKING, A.FORWARD): S.FORWARDED,
    (S.WORKING, A.ANSWER): S.ANSWERED,
    (S.WORKING, A.REFUSE): S.REFUSED,
    (S.ANSWERED, A.REOPEN): S.WORKING,
    (S.ANSWERED, A.CLOSE): S.CLOSED,
}
COMPLAINT_ENDED = frozenset({S.CLOSED, S.REFUSED})
ANSWERS = frozenset({S.ANSWERED, S.REFUSED})  # a refusal with its reason is an answer

COMPLAINT_STATE_WORDS = {
    S.FILED: "Diterima",
    S.FORWARDED: "Diteruskan",
    S.WORKING: "Sedang Ditangani",
    S.ANSWERED: "Sudah Dijawab",
    S.CLOSED: "Selesai",
    S.REFUSED: "Tidak Dapat Ditindaklanjuti",
}


class Complaint(msgspec.Struct, frozen=True):
    """One complaint. What was written and who wrote it are sealed and not here; `note` is the answer to read."""

    id: str
    kind: ComplaintKind
    topic: str
    state: ComplaintState
    filed_ms: int
    due_ms: int
    answered_ms: int | None = None
    anonymous: bool = True
    note: str = ""

    def is_overdue(self, now_ms: int) -> bool:
        """Whether the promise of a first answer is broken."""
        return (self.answered_ms or now_ms) > self.due_ms


def after(complaint: Complaint, action: ComplaintAction) -> ComplaintState:
    """The state after `action`; BadTransition says where the complaint stands."""
    return step(COMPLAINT_STEPS, "Aduan", complaint.state, action)
