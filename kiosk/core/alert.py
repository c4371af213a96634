"""An alert (panggilan darurat): what is known of it, shown only as far as it was proven.

Evidence only ever rises (E0 pressed … E7 closed) and every step keeps the path that proved it. A PUBACK with no
subscriber proves only E3; only a named human's answer (E5) turns the lamp green. The state follows from one table.
Proof may arrive late or twice, so a step that shows less than is known leaves the state where it is. ARRIVED is the
post's third action (central.md); alarm.md's list leaves it out but its evidence lies between dispatch and close.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from kiosk.core.transition import step

UNANSWERED_AFTER_S = 100.0  # EN 54-21 type 1: a transmission fault must be shown within 100 s
JOIN_PRESSES_WITHIN_S = 10.0  # a second press of the same code within this joins the first


class Evidence(IntEnum):
    PRESSED = 0
    COMMITTED = 1
    HANDED = 2
    CARRIED = 3
    RECEIVED = 4
    ACKNOWLEDGED = 5
    DISPATCHED = 6
    CLOSED = 7


class AlertState(StrEnum):
    RAISED = "raised"
    SENDING = "sending"
    CARRIED = "carried"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    CLOSED = "closed"
    CANCEL_REQUESTED = "cancel-requested"
    UNANSWERED = "unanswered"


class AlertAction(StrEnum):
    HAND = "hand"
    CARRY = "carry"
    RECEIVE = "receive"
    ACKNOWLEDGE = "acknowledge"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    CLOSE = "close"
    CANCEL = "cancel"
    TIME_OUT = "time-out"


class AlertCode(StrEnum):
    """What was pressed, with its Contact ID event code (SIA DC-05) in `CONTACT_ID`.

    SILENT is a code and no flag beside one: whoever is forced to press cannot say why, the post must see at once that
    it may not telephone there, and a silent press never joins an audible alert.
    """

    PANIC = "panic"
    MEDICAL = "medical"
    FIRE = "fire"
    CRIME = "crime"
    SILENT = "silent"


CONTACT_ID = {
    AlertCode.PANIC: 120,
    AlertCode.MEDICAL: 100,
    AlertCode.FIRE: 110,
    AlertCode.CRIME: 123,
    AlertCode.SILENT: 122,
}
CODE_WORDS = {
    AlertCode.PANIC: "Keadaan darurat",
    AlertCode.MEDICAL: "Darurat medis",
    AlertCode.FIRE: "Kebakaran",
    AlertCode.CRIME: "Gangguan keamanan",
    AlertCode.SILENT: "Darurat senyap: jangan menelepon ke lokasi",
}

# Rows: where the alert stands. Columns: what happened. Every pair has an answer, since proof may come late, twice or
# out of order; only a closed alert refuses to be cancelled ("-"). Transport (hand, carry, receive) never unsays an
# answer or "unanswered"; answers only move forward; a cancelled alert waits until the post closes it.
_GRID = """
                  hand              carry             receive           acknowledge       dispatch          arrive            close   cancel            time-out
raised            sending           carried           received          acknowledged      dispatched        arrived           closed  cancel-requested  unanswered
sending           sending           carried           received          acknowledged      dispatched        arrived           closed  cancel-requested  unanswered
carried           carried           carried           received          acknowledged      dispatched        arrived           closed  cancel-requested  unanswered
received          received          received          received          acknowledged      dispatched        arrived           closed  cancel-requested  unanswered
unanswered        unanswered        unanswered        unanswered        acknowledged      dispatched        arrived           closed  cancel-requested  unanswered
acknowledged      acknowledged      acknowledged      acknowledged      acknowledged      dispatched        arrived           closed  cancel-requested  acknowledged
dispatched        dispatched        dispatched        dispatched        dispatched        dispatched        arrived           closed  cancel-requested  dispatched
arrived           arrived           arrived           arrived           arrived           arrived           arrived           closed  cancel-requested  arrived
cancel-requested  cancel-requested  cancel-requested  cancel-requested  cancel-requested  cancel-requested  cancel-requested  closed  cancel-requested  cancel-requested
closed            closed            closed            closed            closed            closed            closed            closed  -                 closed
"""  # noqa: E501


def _read(grid: str) -> dict[tuple[AlertState, AlertAction], AlertState]:
    actions, *rows = [line.split() for line in grid.strip().splitlines()]
    return {
        (AlertState(state), AlertAction(action)): AlertState(then)
        for state, *thens in rows
        for action, then in zip(actions, thens, strict=True)
        if then != "-"
    }


ALERT_STEPS = _read(_GRID)

EVIDENCE_OF = {
    AlertAction.HAND: Evidence.HANDED,
    AlertAction.CARRY: Evidence.CARRIED,
    AlertAction.RECEIVE: Evidence.RECEIVED,
    AlertAction.ACKNOWLEDGE: Evidence.ACKNOWLEDGED,
    AlertAction.DISPATCH: Evidence.DISPATCHED,
    AlertAction.ARRIVE: Evidence.DISPATCHED,
    AlertAction.CLOSE: Evidence.CLOSED,
}


class Alert(msgspec.Struct, frozen=True):
    """One alert. `nonce` must come back in every answer; `officer` is whoever answered last, as the post signed it."""

    id: str
    code: AlertCode
    source: str
    state: AlertState
    evidence: Evidence
    nonce: str
    raised_ms: int
    raised_mono_ms: int
    boot: str
    presses: int = 1
    drill: bool = False
    officer: str | None = None
    answered_ms: int | None = None
    closed_ms: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not AlertState.CLOSED

    @property
    def is_silent(self) -> bool:
        """Nothing of it may be shown or sounded at the box, nor told by its web server."""
        return self.code is AlertCode.SILENT

    @property
    def is_answered(self) -> bool:
        return self.evidence >= Evidence.ACKNOWLEDGED


def after(alert: Alert, action: AlertAction) -> tuple[AlertState, Evidence]:
    """State and evidence after `action`; evidence never falls."""
    state = step(ALERT_STEPS, f"Panggilan {alert.id[-6:]}", alert.state, action)
    return state, max(alert.evidence, EVIDENCE_OF.get(action, alert.evidence))
