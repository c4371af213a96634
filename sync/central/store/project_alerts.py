"""From what kiosks tell of their alerts to the rows that the post reads.

Every write here may be done twice and does nothing the second time (see `project`). Evidence only rises, and what an
officer or a contact answered is never unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kiosk.core.alert import ALERT_STEPS, AlertAction, AlertState, Evidence
from kiosk.core.event import Event
from sync.central.boot_time import is_named
from sync.central.store import answers
from sync.central.store import projection as read
from sync.central.store.database import Connection
from sync.central.store.models import AlertRow

Told = read.AlertRaised | read.AlertJoined | read.AlertEvidence | read.AlertCancelled | read.AlertAnswerShown


def apply(connection: Connection, event: Event, value: Told, received_ms: int) -> None:
    """Writes what one event tells. Inside the transaction that inserted it."""
    match value:
        case read.AlertRaised():
            _alert_raised(connection, event, value, received_ms)
        case read.AlertJoined():
            _alert_joined(connection, event, value)
        case read.AlertEvidence():
            _alert_evidence(connection, event, value, received_ms)
        case read.AlertCancelled():
            _alert_cancelled(connection, event, value, received_ms)
        case read.AlertAnswerShown():
            _alert_answer_shown(connection, event, value, received_ms)


def _alert_raised(connection: Connection, event: Event, value: read.AlertRaised, received_ms: int) -> None:
    # Its arrival on our disk is E4: the table says what that makes of a raised alert.
    state = ALERT_STEPS[AlertState.RAISED, AlertAction.RECEIVE]
    alert = {
        "alert_id": value.id,
        "device": event.device,
        "code": value.code,
        "source": value.source,
        "nonce": value.nonce,
        "presses": value.presses,
        "drill": value.drill,
        "state": state.value,
        "evidence": Evidence.RECEIVED.value,
        "raised_ms": value.raised_ms,
        "raised_synchronised": event.moment.synchronised,
        "received_ms": received_ms,
        "raised_boot": event.moment.boot,
        "raised_mono_ms": event.moment.mono_ms,
    }
    inserted = _insert_new(connection, "alert", alert)
    if inserted:
        _step(connection, event, value.id, AlertAction.RECEIVE, state, Evidence.RECEIVED, "mqtt", {}, received_ms)


def _alert_joined(connection: Connection, event: Event, value: read.AlertJoined) -> None:
    more = AlertRow.update(presses=value.presses).where(AlertRow.presses < value.presses, *_own_alert(event, value.id))
    connection.run(more)


def _alert_evidence(connection: Connection, event: Event, value: read.AlertEvidence, received_ms: int) -> None:
    """A step on the site's own ladder; its "nobody answered" and a contact's answer change what the post sees."""
    columns = "state, evidence, raised_boot, raised_mono_ms"
    sql = f"SELECT {columns} FROM alert WHERE alert_id = ? AND device = ?{connection.for_update}"
    found = connection.fetch(sql, value.id, event.device)
    if not found:
        return
    known, evidence, boot, mono_ms = found[0]
    detail: dict[str, object] = {} if value.level is None else {"level": value.level.value}
    detail |= {name: said for name, said in (("raw", value.raw), ("officer", value.officer)) if said}
    if boot == event.moment.boot and is_named(boot):
        detail["after_ms"] = event.moment.mono_ms - mono_ms
    _step(connection, event, value.id, "evidence", value.state, value.evidence, value.path, detail, received_ms)
    if value.is_post_answer_taken:  # lamp and screen there are drawn from that row
        _shown(connection, value.id, told_ms(event, received_ms))
    if value.is_answer_by_sms:
        answers.take_contact(connection, event.device, value, min(told_ms(event, received_ms), received_ms))
    elif value.state is AlertState.UNANSWERED and evidence < Evidence.ACKNOWLEDGED:
        state = ALERT_STEPS[AlertState(known), AlertAction.TIME_OUT]
        connection.run(AlertRow.update(state=state).where(AlertRow.alert_id == value.id))


def _alert_cancelled(connection: Connection, event: Event, value: read.AlertCancelled, received_ms: int) -> None:
    row = connection.lock(AlertRow.select().where(*_own_alert(event, value.id)))
    if row is None:
        return
    known = AlertState(row["state"])
    state = ALERT_STEPS.get((known, AlertAction.CANCEL), known)  # a closed alert stays closed
    at_ms = told_ms(event, received_ms)
    _step(connection, event, value.id, AlertAction.CANCEL, state, row["evidence"], "mqtt", {}, received_ms)
    changes = {"state": state, "cancelled_ms": row["cancelled_ms"] or at_ms}
    connection.run(AlertRow.update(changes).where(AlertRow.alert_id == value.id))


def _alert_answer_shown(connection: Connection, event: Event, value: read.AlertAnswerShown, received_ms: int) -> None:
    row = connection.lock(AlertRow.select().where(*_own_alert(event, value.id)))
    if row is None:
        return
    detail: dict[str, object] = {"action": value.action, "officer": value.officer}
    _step(connection, event, value.id, "answer-shown", row["state"], row["evidence"], "mqtt", detail, received_ms)
    _shown(connection, value.id, told_ms(event, received_ms))


def _shown(connection: Connection, alert_id: str, at_ms: int) -> None:
    first = AlertRow.update(shown_ms=at_ms)
    connection.run(first.where(AlertRow.alert_id == alert_id, AlertRow.shown_ms.is_null()))


def _own_alert(event: Event, alert_id: str) -> tuple[object, object]:
    return (AlertRow.alert_id == alert_id, AlertRow.device == event.device)


def told_ms(event: Event, received_ms: int) -> int:
    """When it happened, by a clock that can be believed."""
    return event.moment.wall_ms if event.moment.synchronised else received_ms


def _step(
    connection: Connection,
    event: Event,
    alert_id: str,
    action: str,
    state: str,
    evidence: int,
    path: str,
    detail: dict[str, object],
    received_ms: int,
) -> None:
    row = {
        "step_key": f"{event.device}/{event.epoch}/{event.lane}/{event.seq}",
        "alert_id": alert_id,
        "at_ms": told_ms(event, received_ms),
        "action": str(action),
        "state": str(state),
        "evidence": int(evidence),
        "path": path,
        "actor": event.device,
        "detail": msgspec.json.encode(detail).decode(),
    }
    _insert_new(connection, "alert_step", row)


def _insert_new(connection: Connection, table: str, row: Mapping[str, object]) -> int:
    """Rows inserted: none when it is known. Plain SQL, because an alert waits for it (see `Connection.fetch`)."""
    places = ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) ON CONFLICT DO NOTHING"
    return connection.change(sql, *row.values())
