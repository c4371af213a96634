"""The one alert that a screen shows now, with who knows of it so far.

Of several open alerts the most urgent is shown (alarm.md: unanswered before sending before waiting …), of equals the
newest. After the post has closed it, the end is shown for half a minute: nothing disappears without saying so. The
words and the lamp are `kiosk.core.alarm_words`, the same that light the button.
"""

from __future__ import annotations

import msgspec

from kiosk.core.alarm_words import URGENCY, AlarmShown, AlarmStage, shown, stage_of
from kiosk.core.alert import Alert, AlertState, Evidence
from kiosk.core.clock import Moment, local_time
from kiosk.store.alerts import AlertStep, steps
from kiosk.store.database import Store
from kiosk.web.told_alerts import open_alerts, recent_alerts

CLOSED_SHOWN_MS = 30_000

# How the style sheets draw each stage; the colours mean the same everywhere (base.css).
_LOOKS = {
    AlarmStage.UNANSWERED: "unanswered",
    AlarmStage.SENDING: "sending",
    AlarmStage.WAITING: "sent",
    AlarmStage.CANCELLING: "sent",
    AlarmStage.ANSWERED: "answered",
    AlarmStage.DISPATCHED: "answered",
    AlarmStage.ARRIVED: "answered",
    AlarmStage.CLOSED: "answered",
}


class Rung(msgspec.Struct, frozen=True):
    """One step of evidence: `state` is yes, now, no or answered; `at` is a time of day, empty when it is not known."""

    name: str
    state: str
    at: str


class AlarmView(msgspec.Struct, frozen=True):
    """What one screen draws of one alert. `newest_id` is the newest of all open ones.

    `waited_s` counts from the press until a person answered, or until now.
    """

    alert: Alert
    said: AlarmShown
    look: str
    rungs: tuple[Rung, ...]
    newest_id: str
    waited_s: int

    @property
    def is_pending(self) -> bool:
        """Open and answered by nobody: the screen must not be wiped."""
        return self.alert.is_open and not self.alert.is_answered

    @property
    def waited(self) -> str:
        """As a clock shows it: `01.40`."""
        return f"{self.waited_s // 60:02d}.{self.waited_s % 60:02d}"

    @property
    def can_cancel(self) -> bool:
        """Whether the post can still be told that it was a mistake."""
        return self.alert.is_open and self.alert.state is not AlertState.CANCEL_REQUESTED


def alarm_view(store: Store, utc_offset_h: int) -> AlarmView | None:
    """The alert to show, or None when there is none."""
    now = store.now()
    alerts = open_alerts(store) or _just_closed(store, now.wall_ms)
    if not alerts:
        return None
    newest_id = max(alert.id for alert in alerts)
    alert = min(reversed(alerts), key=lambda one: URGENCY.index(stage_of(one)))
    proof = steps(store, alert.id)
    said = shown(alert, now.wall_ms, utc_offset_h)
    rungs = _rungs(alert, proof, utc_offset_h)
    return AlarmView(alert, said, _LOOKS[said.stage], rungs, newest_id, _waited_s(alert, proof, now))


def _waited_s(alert: Alert, proof: list[AlertStep], now: Moment) -> int:
    """By this boot's own clock where it can be: wall time may be set while somebody waits."""
    answered_ms = min((step.wall_ms for step in proof if step.evidence >= Evidence.ACKNOWLEDGED), default=None)
    if answered_ms is not None:
        waited_ms = answered_ms - alert.raised_ms
    elif now.boot == alert.boot:
        waited_ms = now.mono_ms - alert.raised_mono_ms
    else:
        waited_ms = now.wall_ms - alert.raised_ms
    return max(0, waited_ms) // 1000


def _just_closed(store: Store, now_ms: int) -> list[Alert]:
    return [
        alert
        for alert in recent_alerts(store, limit=1)
        if alert.closed_ms is not None and 0 <= now_ms - alert.closed_ms < CLOSED_SHOWN_MS
    ]


_RUNGS = (
    ("stored", Evidence.COMMITTED),
    ("sent", Evidence.HANDED),
    ("received", Evidence.RECEIVED),
    ("answered", Evidence.ACKNOWLEDGED),
)


def _rungs(alert: Alert, proof: list[AlertStep], utc_offset_h: int) -> tuple[Rung, ...]:
    reached_ms = {
        name: min((step.wall_ms for step in proof if step.evidence >= evidence), default=None)
        for name, evidence in _RUNGS
    }
    reached_ms["stored"] = alert.raised_ms
    rungs: list[Rung] = []
    for name, evidence in _RUNGS:
        at_ms = reached_ms[name]
        known = alert.evidence >= evidence
        waits = not known and (not rungs or rungs[-1].state == "yes") and alert.is_open
        state = ("answered" if name == "answered" else "yes") if known else "now" if waits else "no"
        rungs.append(Rung(name, state, f"{local_time(at_ms, utc_offset_h):%H.%M.%S}" if known and at_ms else ""))
    return tuple(rungs)
