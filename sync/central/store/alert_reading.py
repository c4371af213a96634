"""What the post reads of alerts. No writes, no locks; lists are keyset-paged by the caller."""

from __future__ import annotations

from typing import Any

import msgspec

from kiosk.core.alert import AlertState, Evidence
from kiosk.core.errors import NotFound
from sync.central.boot_time import true_ms
from sync.central.masking import masked
from sync.central.store import boot_clocks
from sync.central.store.alert_view import AlertStep, AlertView
from sync.central.store.cards import cards_of_devices
from sync.central.store.database import Connection, Row
from sync.central.store.models import AlertRow, AlertStepRow
from sync.central.store.values import CloseReason, SiteCard


def open_alerts(connection: Connection) -> list[AlertView]:
    """Not closed: the unacknowledged first, newest on top."""
    query = AlertRow.select().where(AlertRow.closed_ms.is_null())
    alerts = _alerts(connection, query.order_by(AlertRow.received_ms.desc(), AlertRow.alert_id.desc()))
    return sorted(alerts, key=lambda alert: alert.evidence >= Evidence.ACKNOWLEDGED)


def alerts(connection: Connection, before: tuple[int, str] | None, limit: int, only_open: bool) -> list[AlertView]:
    """Newest first; `before` is (received_ms, id) of the last one of the page before."""
    query = AlertRow.select()
    if only_open:
        query = query.where(AlertRow.closed_ms.is_null())
    if before is not None:
        at_ms, alert_id = before
        older = (AlertRow.received_ms < at_ms) | ((AlertRow.received_ms == at_ms) & (AlertRow.alert_id < alert_id))
        query = query.where(older)
    return _alerts(connection, query.order_by(AlertRow.received_ms.desc(), AlertRow.alert_id.desc()).limit(limit))


def closed_alerts(connection: Connection, limit: int) -> list[AlertView]:
    """The last ones closed, newest first."""
    query = AlertRow.select().where(AlertRow.closed_ms.is_null(False))
    return _alerts(connection, query.order_by(AlertRow.closed_ms.desc(), AlertRow.alert_id.desc()).limit(limit))


def alert(connection: Connection, alert_id: str) -> AlertView:
    found = _alerts(connection, AlertRow.select().where(AlertRow.alert_id == alert_id))
    if not found:
        raise NotFound(f"panggilan {alert_id} tidak ada di pusat ini")
    return found[0]


def _alerts(connection: Connection, query: Any) -> list[AlertView]:
    rows = connection.rows(query)
    if not rows:
        return []
    sites = cards_of_devices(connection, {row["device"] for row in rows})
    steps: dict[str, list[AlertStep]] = {row["alert_id"]: [] for row in rows}
    query = AlertStepRow.select().where(AlertStepRow.alert_id.in_(list(steps))).order_by(AlertStepRow.number)
    for step in connection.rows(query):
        steps[step.pop("alert_id")].append(_step(step))
    clocks = boot_clocks.offsets(connection, [_boot(row) for row in rows if not row["raised_synchronised"]])
    return [_alert(row, sites[row["device"]], tuple(steps[row["alert_id"]]), clocks.get(_boot(row))) for row in rows]


def _boot(row: Row) -> tuple[str, str]:
    return row["device"], row["raised_boot"] or ""


def _step(row: Row) -> AlertStep:
    detail = msgspec.json.decode(row["detail"], type=dict[str, object])
    if "raw" in detail:
        detail["raw"] = masked(str(detail["raw"]))
    names = ("at_ms", "action", "state", "evidence", "path", "actor")
    return AlertStep(detail=detail, **{name: row[name] for name in names})


def _alert(row: Row, site: SiteCard, steps: tuple[AlertStep, ...], offset_ms: int | None) -> AlertView:
    values = {name: row[name] for name in AlertView.__struct_fields__ if name in row}
    values["state"] = AlertState(row["state"])
    values["evidence"] = Evidence(row["evidence"])
    values["close_reason"] = CloseReason(row["close_reason"]) if row["close_reason"] else None
    if row["raised_mono_ms"] is not None and not row["raised_synchronised"]:
        values["raised_true_ms"] = true_ms(row["raised_mono_ms"], offset_ms)
    return AlertView(id=row["alert_id"], site=site, steps=steps, **values)
