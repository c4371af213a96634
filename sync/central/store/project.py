"""From a projection value to the rows that the post reads: the writing half.

Every write here may be done twice and does nothing the second time, because a filled gap projects the events behind it
again (see `commit`). A device changes only what is its own: another device's alert, ticket or request is left alone.
A ticket only moves on to a later event's state. Alerts are written by `project_alerts`.
"""

from __future__ import annotations

import msgspec
from peewee import fn

from kiosk.core.complaint import ANSWERS, ComplaintState
from kiosk.core.event import Event
from kiosk.core.request import RequestState
from kiosk.core.ticket import TicketState
from sync.central.store import project_alerts
from sync.central.store import projection as read
from sync.central.store.database import Connection
from sync.central.store.holdings import DIGEST_LETTERS, Holding, report
from sync.central.store.models import ComplaintRow, Device, DeviceReport, RequestRow, TicketRow
from sync.central.store.orders import finish_command
from sync.central.store.project_alerts import told_ms

HOUR_MS = 3_600_000


def apply(connection: Connection, event: Event, value: read.Projection, received_ms: int) -> None:
    """Writes one projection value. Inside the transaction that inserted its event."""
    match value:
        case (
            read.AlertRaised()
            | read.AlertJoined()
            | read.AlertEvidence()
            | read.AlertCancelled()
            | read.AlertAnswerShown()
        ):
            project_alerts.apply(connection, event, value, received_ms)
        case read.AlarmTest():
            _tested(connection, event.device, min(told_ms(event, received_ms), received_ms))
        case read.TicketIssued():
            _ticket_issued(connection, event, value)
        case read.TicketChanged():
            _ticket_changed(connection, event, value)
        case read.RequestSubmitted():
            _request_submitted(connection, event, value)
        case read.RequestChanged():
            _request_changed(connection, event, value)
        case read.ComplaintFiled():
            _complaint_filed(connection, event, value)
        case read.ComplaintChanged():
            _complaint_changed(connection, event, value)
        case read.DayOpened():
            _day(connection, event.device, value.day.isoformat())
        case read.DocumentApplied():
            held = Holding(value.version, value.sha256[:DIGEST_LETTERS])
            report(connection, event.device, event.epoch, event.seq, value.name, held, told_ms(event, received_ms))
        case read.CommandResult():
            result = msgspec.json.encode(value.result).decode()
            finish_command(connection, event.device, value.id, value.ok, result, value.why, received_ms)
        case read.Report():
            _report(connection, event, value, received_ms)


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
            issued_ms=event.moment.wall_ms - value.waited_ms,
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


def _complaint_filed(connection: Connection, event: Event, value: read.ComplaintFiled) -> None:
    connection.run(
        ComplaintRow.insert(
            complaint_id=value.id,
            device=event.device,
            kind=value.complaint,
            topic=value.topic,
            state=ComplaintState.FILED,
            filed_ms=event.moment.wall_ms,
            changed_ms=event.moment.wall_ms,
            due_ms=min(event.moment.wall_ms + value.promise_h * HOUR_MS, read.MAX_INT),
            answered_ms=None,
            track_hash=value.track_hash,
            seq=event.seq,
        ).on_conflict_ignore()
    )


def _complaint_changed(connection: Connection, event: Event, value: read.ComplaintChanged) -> None:
    """The first answer keeps its time, whatever becomes of the complaint later."""
    at_ms = event.moment.wall_ms
    changes: dict[str, object] = {"state": value.state, "changed_ms": at_ms, "seq": event.seq}
    if value.state in ANSWERS:
        changes["answered_ms"] = fn.COALESCE(ComplaintRow.answered_ms, at_ms)
    own = (ComplaintRow.complaint_id == value.id, ComplaintRow.device == event.device, ComplaintRow.seq < event.seq)
    connection.run(ComplaintRow.update(changes).where(*own))


def _day(connection: Connection, device: str, day: str) -> None:
    """A business day only ever advances."""
    before = fn.COALESCE(Device.business_day, "") < day
    connection.run(Device.update(business_day=day).where(Device.device_id == device, before))


def _tested(connection: Connection, device: str, at_ms: int) -> None:
    """The newest test speaks, in whatever order they come."""
    before = fn.COALESCE(Device.tested_ms, 0) < at_ms
    connection.run(Device.update(tested_ms=at_ms).where(Device.device_id == device, before))


def _report(connection: Connection, event: Event, value: read.Report, received_ms: int) -> None:
    row = {"at_ms": event.moment.wall_ms, "received_ms": received_ms, "body": value.body}
    insert = DeviceReport.insert(device=event.device, kind=value.kind, **row)
    connection.run(insert.on_conflict(conflict_target=[DeviceReport.device, DeviceReport.kind], update=row))
