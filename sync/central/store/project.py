"""From a projection value to the rows that the post reads: the writing half.

Every write here may be done twice and does nothing the second time, because a filled gap projects the events behind it
again (see `commit`). A device changes only what is its own: another device's alert, ticket or request is left alone.
Evidence only rises, a ticket only moves on to a later event's state, and what an officer answered is never unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from peewee import fn

from kiosk.core.alert import ALERT_STEPS, AlertAction, AlertState, Evidence
from kiosk.core.event import Event
from kiosk.core.request import RequestState
from kiosk.core.ticket import TicketState
from sync.central.store import projection as read
from sync.central.store.database import Connection
from sync.central.store.holdings import DIGEST_LETTERS, Holding, report
from sync.central.store.models import AlertRow, Device, DeviceReport, RequestRow, TicketRow
from sync.central.store.orders import finish_command


def apply(connection: Connection, event: Event, value: read.Projection, received_ms: int) -> None:
    """Writes one projection value. Inside the transaction that inserted its event."""
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
        case read.TicketIssued():
            _ticket_issued(connection, event, value)
        case read.TicketChanged():
            _ticket_changed(connection, event, value)
        case read.RequestSubmitted():
            _request_submitted(connection, event, value)
        case read.RequestChanged():
            _request_changed(connection, event, value)
        case read.DayOpened():
            _day(connection, event.device, value.day.isoformat())
        case read.DocumentApplied():
            held = Holding(value.version, value.sha256[:DIGEST_LETTERS])
            report(connection, event.device, event.epoch, event.seq, value.name, held, _at_ms(event, received_ms))
        case read.CommandResult():
            result = msgspec.json.encode(value.result).decode()
            finish_command(connection, event.device, value.id, value.ok, result, value.why, received_ms)
        case read.Report():
            _report(connection, event, value, received_ms)


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
    """A step on the site's own ladder; only its "nobody answered" changes what the post sees."""
    sql = f"SELECT state, evidence FROM alert WHERE alert_id = ? AND device = ?{connection.for_update}"
    found = connection.fetch(sql, value.id, event.device)
    if not found:
        return
    known, evidence = found[0]
    _step(connection, event, value.id, "evidence", value.state, value.evidence, value.path, {}, received_ms)
    if value.state is AlertState.UNANSWERED and evidence < Evidence.ACKNOWLEDGED:
        state = ALERT_STEPS[AlertState(known), AlertAction.TIME_OUT]
        connection.run(AlertRow.update(state=state).where(AlertRow.alert_id == value.id))


def _alert_cancelled(connection: Connection, event: Event, value: read.AlertCancelled, received_ms: int) -> None:
    row = connection.lock(AlertRow.select().where(*_own_alert(event, value.id)))
    if row is None:
        return
    known = AlertState(row["state"])
    state = ALERT_STEPS.get((known, AlertAction.CANCEL), known)  # a closed alert stays closed
    at_ms = _at_ms(event, received_ms)
    _step(connection, event, value.id, AlertAction.CANCEL, state, row["evidence"], "mqtt", {}, received_ms)
    changes = {"state": state, "cancelled_ms": row["cancelled_ms"] or at_ms}
    connection.run(AlertRow.update(changes).where(AlertRow.alert_id == value.id))


def _alert_answer_shown(connection: Connection, event: Event, value: read.AlertAnswerShown, received_ms: int) -> None:
    row = connection.lock(AlertRow.select().where(*_own_alert(event, value.id)))
    if row is None:
        return
    detail: dict[str, object] = {"action": value.action, "officer": value.officer}
    _step(connection, event, value.id, "answer-shown", row["state"], row["evidence"], "mqtt", detail, received_ms)
    first = AlertRow.update(shown_ms=_at_ms(event, received_ms))
    connection.run(first.where(AlertRow.alert_id == value.id, AlertRow.shown_ms.is_null()))


def _ticket_issued(connection: Connection, event: Event, value: read.TicketIssued) -> None:
    connection.run(
        TicketRow.insert(
            ticket_id=value.id,
            device=event.device,
            day=value.day.isoformat(),
            series=value.series,
            ordinal=value.ordinal,
            number=value.number,
            service=value.service,
            state=TicketState.WAITING,
            counter=None,
            issued_ms=event.moment.wall_ms,
            changed_ms=event.moment.wall_ms,
            track_hash=value.track_hash,
            seq=event.seq,
        ).on_conflict_ignore()
    )
    _day(connection, event.device, value.day.isoformat())


def _ticket_changed(connection: Connection, event: Event, value: read.TicketChanged) -> None:
    changes = {
        "state": value.state,
        "counter": value.counter if value.counter is not None else TicketRow.counter,
        "changed_ms": event.moment.wall_ms,
        "seq": event.seq,
    }
    own = (TicketRow.ticket_id == value.id, TicketRow.device == event.device, TicketRow.seq < event.seq)
    connection.run(TicketRow.update(changes).where(*own))


def _request_submitted(connection: Connection, event: Event, value: read.RequestSubmitted) -> None:
    connection.run(
        RequestRow.insert(
            request_id=value.id,
            device=event.device,
            service=value.service,
            state=RequestState.SUBMITTED,
            submitted_ms=event.moment.wall_ms,
            changed_ms=event.moment.wall_ms,
            track_hash=value.track_hash,
            seq=event.seq,
        ).on_conflict_ignore()
    )


def _request_changed(connection: Connection, event: Event, value: read.RequestChanged) -> None:
    changes = {"state": value.state, "changed_ms": event.moment.wall_ms, "seq": event.seq}
    own = (RequestRow.request_id == value.id, RequestRow.device == event.device, RequestRow.seq < event.seq)
    connection.run(RequestRow.update(changes).where(*own))


def _day(connection: Connection, device: str, day: str) -> None:
    """A business day only ever advances."""
    before = fn.COALESCE(Device.business_day, "") < day
    connection.run(Device.update(business_day=day).where(Device.device_id == device, before))


def _report(connection: Connection, event: Event, value: read.Report, received_ms: int) -> None:
    row = {"at_ms": event.moment.wall_ms, "received_ms": received_ms, "body": value.body}
    insert = DeviceReport.insert(device=event.device, kind=value.kind, **row)
    connection.run(insert.on_conflict(conflict_target=[DeviceReport.device, DeviceReport.kind], update=row))


def _own_alert(event: Event, alert_id: str) -> tuple[object, object]:
    return (AlertRow.alert_id == alert_id, AlertRow.device == event.device)


def _at_ms(event: Event, received_ms: int) -> int:
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
        "at_ms": _at_ms(event, received_ms),
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
