"""A request for a letter or service (permohonan): states that residents know, and the one table between them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.transition import step


class RequestState(StrEnum):
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    CHECKING = "checking"
    SIGNING = "signing"
    READY = "ready"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class RequestAction(StrEnum):
    CHECK = "check"
    ASK = "ask"
    COMPLETE = "complete"
    PASS = "pass"
    SIGN = "sign"
    COLLECT = "collect"
    CANCEL = "cancel"
    REFUSE = "refuse"


S, A = RequestState, RequestAction
REQUEST_STEPS: dict[tuple[RequestState, RequestAction], RequestState] = {
    (S.SUBMITTED, A.CHECK): S.CHECKING,
    (S.SUBMITTED, A.ASK): S.INCOMPLETE,
    (S.SUBMITTED, A.CANCEL): S.CANCELLED,
    (S.INCOMPLETE, A.COMPLETE): S.CHECKING,
    (S.INCOMPLETE, A.CANCEL): S.CANCELLED,
    (S.CHECKING, A.ASK): S.INCOMPLETE,
    (S.CHECKING, A.PASS): S.SIGNING,
    (S.CHECKING, A.REFUSE): S.REFUSED,
    (S.CHECKING, A.CANCEL): S.CANCELLED,
    (S.SIGNING, A.SIGN): S.READY,
    (S.SIGNING, A.ASK): S.INCOMPLETE,
    (S.SIGNING, A.CANCEL): S.CANCELLED,
    (S.READY, A.COLLECT): S.COLLECTED,
}

REQUEST_ENDED = frozenset({S.COLLECTED, S.CANCELLED, S.REFUSED})

REQUEST_STATE_WORDS = {
    S.SUBMITTED: "Diterima",
    S.INCOMPLETE: "Belum Lengkap",
    S.CHECKING: "Sedang Diperiksa",
    S.SIGNING: "Menunggu Tanda Tangan",
    S.READY: "Siap Diambil",
    S.COLLECTED: "Sudah Diambil",
    S.CANCELLED: "Dibatalkan",
    S.REFUSED: "Ditolak",
}


class ServiceRequest(msgspec.Struct, frozen=True):
    """One request. What the resident wrote is not here: it is sealed on submission and only officers open it."""

    id: str
    service: str
    state: RequestState
    submitted_ms: int


def after(request: ServiceRequest, action: RequestAction) -> RequestState:
    """The state after `action`; BadTransition says where the request stands, in the resident's words."""
    return step(REQUEST_STEPS, "Permohonan", request.state, action)
