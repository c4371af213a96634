"""The steps of an alert on disk: what each path proved, when, in whose words; written and told in one transaction.

A step travels as an event of the alarm's lane with its path, its level and the raw reply, cut so that it fits; the
whole reply (500 characters) stays here. What a step does to the alert is `kiosk.store.alerts`.
"""

from __future__ import annotations

import msgspec

from kiosk.core.alert import EVIDENCE_OF, Alert, AlertAction, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.core.proof import RAW_TOLD_LIMIT, plain
from kiosk.store.database import Store
from kiosk.store.journal import record


class AlertStep(msgspec.Struct, frozen=True):
    """One step: what happened, by which path, when, and the carrier's raw words.

    `level` is what it proved on its path, `evidence` what the alert as a whole had proven by then.
    """

    action: AlertAction
    state: AlertState
    evidence: Evidence
    path: str
    raw: str
    wall_ms: int
    level: Evidence


def keep_step(store: Store, alert: Alert, action: AlertAction, path: str, raw: str, officer: str | None = None) -> None:
    """Writes and tells one step, with the alert as it stands after it; inside a transaction that the caller holds."""
    at, level = store.now(), EVIDENCE_OF.get(action, Evidence.PRESSED)
    store.run(
        "INSERT INTO alert_step (alert_id, step, action, state, evidence, path, raw, wall_ms, mono_ms, boot, level)"
        " SELECT ?, COALESCE(MAX(step), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM alert_step WHERE alert_id = ?",
        *(alert.id, action.value, alert.state.value, alert.evidence.value, path, plain(raw), at.wall_ms, at.mono_ms),
        *(at.boot, level.value, alert.id),
    )
    kind = "alert.cancelled" if action is AlertAction.CANCEL else "alert.evidence"
    body = {"id": alert.id, "state": alert.state.value, "evidence": alert.evidence.value, "path": path}
    body |= {"level": level.value} if level else {}
    body |= {"raw": plain(raw, RAW_TOLD_LIMIT)} if raw else {}
    body |= {"officer": officer} if officer else {}
    record(store, Lane.ALARM, kind, body)


def level_on(store: Store, alert_id: str, path: str) -> Evidence:
    """The most that one path has proven of an alert; E0 when nothing."""
    row = store.one("SELECT MAX(level) FROM alert_step WHERE alert_id = ? AND path = ?", alert_id, path)
    return Evidence(row[0] if row and row[0] else 0)


def steps(store: Store, alert_id: str) -> list[AlertStep]:
    """The proof of an alert, in order."""
    rows = store.all(
        "SELECT action, state, evidence, path, raw, wall_ms, level FROM alert_step WHERE alert_id = ? ORDER BY step",
        alert_id,
    )
    return [
        AlertStep(AlertAction(action), AlertState(state), Evidence(evidence), path, raw, wall_ms, Evidence(level))
        for action, state, evidence, path, raw, wall_ms, level in rows
    ]
