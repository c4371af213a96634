"""Alerts on disk: raised once, advanced only by proof, every step kept with the path that proved it.

`raise_alert` returns after the alert is committed (E1), so whoever sends or sounds anything calls it first. A path has
a ladder of its own: what it proves is kept and told even when another path has already proven more.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from kiosk.core.alert import (
    EVIDENCE_OF,
    JOIN_PRESSES_WITHIN_S,
    Alert,
    AlertAction,
    AlertCode,
    AlertState,
    Evidence,
    after,
)
from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.core.exercise import Exercise
from kiosk.core.ids import uuid7
from kiosk.store.alert_steps import AlertStep as AlertStep
from kiosk.store.alert_steps import keep_step, level_on
from kiosk.store.alert_steps import steps as steps
from kiosk.store.database import Store
from kiosk.store.exercises import mark_within
from kiosk.store.journal import record
from kiosk.store.reserve import with_reserve

_COLUMNS = (
    "id, code, source, state, evidence, nonce, raised_ms, raised_mono_ms, boot, presses, drill,"
    " officer, answered_ms, closed_ms"
)


def _alert(row: tuple[Any, ...]) -> Alert:
    (alert_id, code, source, state, evidence, nonce, raised_ms, raised_mono_ms, boot, presses, drill, *answer) = row
    return Alert(
        *(alert_id, AlertCode(code), source, AlertState(state), Evidence(evidence), nonce),
        *(raised_ms, raised_mono_ms, boot, presses, bool(drill), *answer),
    )


def raise_alert(store: Store, code: AlertCode, source: str, presses: int = 1, drill: bool = False) -> Alert:
    """Commits a press: a new alert, or one more press of the same code within 10 s of the last (same boot).

    Nobody's cry for help joins an alert whose cancel was asked for: the post might close both as a mistake. On a full
    disk it is committed on the reserve.
    """
    return with_reserve(store, lambda: _raise_alert(store, code, source, presses, drill))


def _raise_alert(store: Store, code: AlertCode, source: str, presses: int, drill: bool) -> Alert:
    at = store.now()
    with store.write():
        row = store.one(
            f"SELECT {_COLUMNS} FROM alert WHERE state NOT IN ('closed', 'cancel-requested') AND code = ? AND drill = ?"
            " AND boot = ? AND last_press_mono_ms >= ? ORDER BY id DESC LIMIT 1",
            *(code.value, drill, at.boot, at.mono_ms - round(JOIN_PRESSES_WITHIN_S * 1000)),
        )
        if row is not None:
            joined = msgspec.structs.replace(_alert(row), presses=row[9] + presses)
            store.run(
                "UPDATE alert SET presses = ?, last_press_mono_ms = ? WHERE id = ?",
                joined.presses,
                at.mono_ms,
                joined.id,
            )
            record(store, Lane.ALARM, "alert.joined", {"id": joined.id, "presses": joined.presses, "source": source})
            return joined
        newest = store.one("SELECT MAX(id) FROM alert")
        alert = Alert(
            id=uuid7(at.wall_ms, after=newest[0] or "" if newest else ""),
            code=code,
            source=source,
            state=AlertState.RAISED,
            evidence=Evidence.COMMITTED,
            nonce=secrets.token_hex(8),
            raised_ms=at.wall_ms,
            raised_mono_ms=at.mono_ms,
            boot=at.boot,
            presses=presses,
            drill=drill,
        )
        store.run(
            f"INSERT INTO alert ({_COLUMNS}, last_press_mono_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)",
            *(alert.id, code.value, source, alert.state.value, alert.evidence.value, alert.nonce),
            *(alert.raised_ms, alert.raised_mono_ms, alert.boot, presses, drill, at.mono_ms),
        )
        body = {"code": code.value, "source": source, "presses": presses, "drill": drill, "raised_ms": alert.raised_ms}
        record(store, Lane.ALARM, "alert.raised", {"id": alert.id, "nonce": alert.nonce, **body})
        return alert


def advance(
    store: Store,
    alert_id: str,
    action: AlertAction,
    path: str,
    raw: str = "",
    officer: str | None = None,
    answered_ms: int | None = None,
) -> Alert:
    """Takes one step of the table and keeps its proof. What is known already, of its path too, writes nothing.

    Raises NotFound for an id that is not of this box and BadTransition for a step that the table does not have.
    """

    def step() -> Alert:
        with store.write():
            return advance_within(store, alert_id, action, path, raw, officer, answered_ms)

    return with_reserve(store, step)


def advance_within(
    store: Store,
    alert_id: str,
    action: AlertAction,
    path: str,
    raw: str = "",
    officer: str | None = None,
    answered_ms: int | None = None,
) -> Alert:
    """As `advance`, inside a transaction that the caller holds."""
    alert = find(store, alert_id)
    state, evidence = after(alert, action)
    moved = (state, evidence) != (alert.state, alert.evidence)
    if not moved and EVIDENCE_OF.get(action, Evidence.PRESSED) <= level_on(store, alert_id, path):
        return alert
    if not moved:
        keep_step(store, alert, action, path, raw, officer)
        return alert
    at = store.now()
    changed = msgspec.structs.replace(
        alert,
        state=state,
        evidence=evidence,
        officer=officer or alert.officer,
        answered_ms=alert.answered_ms
        if alert.answered_ms is not None or officer is None
        else answered_ms or at.wall_ms,
        closed_ms=at.wall_ms if state is AlertState.CLOSED else None,
    )
    store.run(
        "UPDATE alert SET state = ?, evidence = ?, officer = ?, answered_ms = ?, closed_ms = ? WHERE id = ?",
        *(state.value, evidence.value, changed.officer, changed.answered_ms, changed.closed_ms, alert_id),
    )
    if alert.drill and changed.is_answered and not alert.is_answered:
        mark_within(store, Exercise.WEEKLY_DRILL)
    keep_step(store, changed, action, path, raw, officer)
    return changed


def find(store: Store, alert_id: str) -> Alert:
    row = store.one(f"SELECT {_COLUMNS} FROM alert WHERE id = ?", alert_id)
    if row is None:
        raise NotFound(f"panggilan {alert_id} tidak ada di kotak ini")
    return _alert(row)


def open_alerts(store: Store) -> list[Alert]:
    """Alerts that the post has not closed, oldest first."""
    return [_alert(row) for row in store.all(f"SELECT {_COLUMNS} FROM alert WHERE state <> 'closed' ORDER BY id")]


def first_open_seq(store: Store) -> int | None:
    """The event by which the oldest alert that the post has not closed was raised; None when there is none."""
    row = store.one(
        "SELECT MIN(journal.seq) FROM journal JOIN alert ON alert.id = json_extract(CAST(body AS TEXT), '$.id')"
        " WHERE epoch = ? AND lane = ? AND kind = 'alert.raised' AND alert.state <> 'closed'",
        *(store.epoch, Lane.ALARM.value),
    )
    return None if row is None or row[0] is None else int(row[0])


def recent_alerts(store: Store, limit: int = 10) -> list[Alert]:
    """The newest alerts, open or closed, newest first."""
    return [_alert(row) for row in store.all(f"SELECT {_COLUMNS} FROM alert ORDER BY id DESC LIMIT ?", limit)]
