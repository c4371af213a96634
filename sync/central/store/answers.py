"""What an officer does about an alert: one conditional UPDATE decides who was first.

Reading and then writing doubled 299 of 300 races when it was tried; an UPDATE that names the state it was decided on
doubled none. State, step, audit and the message to the kiosk commit together, so that a kiosk never shows an answer
that the post does not have, nor the other way round. Each of the four answers happens once; the second officer is
told who was first, and when, in the site's time.

Stricter than the core's table, which must also take late proof: nobody is sent and nothing is closed before a named
human has acknowledged (E5 comes before E6 and E7).

A contact of the site who answered by SMS is such a human: the kiosk has checked number and code and signed what it
tells. The post then goes on with sending and closing; whoever of officer and contact reached this database first is the
one who answered, and the other's step stays beside it.
"""

from __future__ import annotations

import msgspec

from kiosk.core.alert import ALERT_STEPS, EVIDENCE_OF, AlertAction, AlertState, Evidence
from kiosk.core.clock import local_time
from kiosk.core.decoding import converted
from kiosk.core.errors import BadInput, Conflict, NotFound
from kiosk.core.event import canonical_json
from kiosk.core.ids import uuid7
from kiosk.core.transition import step
from sync.central.store.database import Connection, Row
from sync.central.store.down import put_down
from sync.central.store.models import AlertRow, AlertStepRow, Audit, Device, Site
from sync.central.store.projection import AlertEvidence
from sync.central.store.values import CloseDetail, DispatchDetail, NoDetail

_DETAILS: dict[AlertAction, type[msgspec.Struct]] = {
    AlertAction.ACKNOWLEDGE: NoDetail,
    AlertAction.DISPATCH: DispatchDetail,
    AlertAction.ARRIVE: NoDetail,
    AlertAction.CLOSE: CloseDetail,
}
_STAMPS = {
    AlertAction.ACKNOWLEDGE: "acknowledged_ms",
    AlertAction.DISPATCH: "dispatched_ms",
    AlertAction.ARRIVE: "arrived_ms",
    AlertAction.CLOSE: "closed_ms",
}
_DONE_WORDS = {
    AlertAction.ACKNOWLEDGE: "sudah diterima",
    AlertAction.DISPATCH: "sudah dikirimi petugas",
    AlertAction.ARRIVE: "sudah didatangi petugas",
    AlertAction.CLOSE: "sudah ditutup",
}
_TRIES = 20  # the kiosk may report something between our look and our UPDATE; each try starts from what is true then


def answer(
    connection: Connection,
    alert_id: str,
    action: AlertAction,
    officer: str,
    detail: dict[str, object],
    now_ms: int,
    via: str,
) -> None:
    """Inside one write transaction; `via` is what the officer used. Raises Conflict, NotFound or BadInput."""
    stamp = _STAMPS.get(action)
    if stamp is None:
        raise BadInput(f"{action} bukan tindakan posko: pilih {', '.join(_STAMPS)}")
    taken = _read_detail(action, detail)
    for _ in range(_TRIES):
        row = connection.row(AlertRow.select().where(AlertRow.alert_id == alert_id))
        if row is None:
            raise NotFound(f"panggilan {alert_id} tidak ada di pusat ini")
        _require_its_turn(connection, row, action)
        state = step(ALERT_STEPS, f"Panggilan {alert_id[-6:]}", AlertState(row["state"]), action)
        evidence = max(Evidence(row["evidence"]), EVIDENCE_OF[action])
        changes: dict[str, object] = {"state": state, "evidence": evidence, stamp: now_ms}
        changes |= _columns(action, taken, officer)
        update = AlertRow.update(changes).where(
            AlertRow.alert_id == alert_id, AlertRow.state == row["state"], getattr(AlertRow, stamp).is_null()
        )
        if connection.run(update):
            _record(connection, row, action, state, evidence, officer, taken, now_ms, via)
            return
    raise Conflict("panggilan ini sedang berubah: coba sekali lagi")


def take_contact(connection: Connection, device: str, told: AlertEvidence, at_ms: int) -> None:
    """A contact's answer by SMS, as its kiosk told it; inside the transaction of that event. It never unsays another's,
    opens nothing that was closed, and tells the kiosk nothing, which knew it first."""
    row = connection.row(AlertRow.select().where(AlertRow.alert_id == told.id, AlertRow.device == device))
    if row is None or row["acknowledged_ms"] is not None or row["closed_ms"] is not None:
        return
    state = ALERT_STEPS[AlertState(row["state"]), AlertAction.ACKNOWLEDGE]
    evidence = max(Evidence(row["evidence"]), Evidence.ACKNOWLEDGED)
    changes = {"state": state, "evidence": evidence, "officer": told.officer, "acknowledged_ms": at_ms}
    own = AlertRow.update(changes).where(AlertRow.alert_id == told.id, AlertRow.acknowledged_ms.is_null())
    if connection.run(own):
        words = msgspec.json.encode({"path": told.path}).decode()
        audit = {"actor": told.officer, "action": f"alert.{AlertAction.ACKNOWLEDGE}", "thing": told.id}
        connection.run(Audit.insert(at_ms=at_ms, **audit, detail=words))


def _read_detail(action: AlertAction, detail: dict[str, object]) -> dict[str, object]:
    try:
        taken = converted(detail, _DETAILS[action])
    except msgspec.ValidationError as error:
        raise BadInput(f"rincian {action} tidak dapat diterima: {error}") from error
    for text in detail.values():
        if isinstance(text, str) and "\0" in text:
            raise BadInput(f"rincian {action} berisi karakter NUL")
    return {name: value for name, value in msgspec.to_builtins(taken).items() if value != ""}


def _require_its_turn(connection: Connection, row: Row, action: AlertAction) -> None:
    """Raises Conflict when this was done already, or what comes before it was not."""
    passed = AlertAction.ARRIVE if action is AlertAction.DISPATCH else action  # nobody is sent to where they are
    for done in (AlertAction.CLOSE, action, passed):
        if row[_STAMPS[done]] is not None:
            raise Conflict(f"panggilan ini {_DONE_WORDS[done]}{_by_whom(connection, row, done)}")
    if action is not AlertAction.ACKNOWLEDGE and row["acknowledged_ms"] is None:
        raise Conflict("panggilan ini belum diterima: tekan Terima lebih dahulu")


def _by_whom(connection: Connection, row: Row, action: AlertAction) -> str:
    done = AlertStepRow.select().where(AlertStepRow.alert_id == row["alert_id"], AlertStepRow.action == action.value)
    first = connection.row(done.order_by(AlertStepRow.number))
    offset_h = connection.scalar(
        Site.select(Site.utc_offset_h)
        .join(Device, on=(Device.site_code == Site.code))
        .where(Device.device_id == row["device"])
    )
    at = local_time(row[_STAMPS[action]], 7 if offset_h is None else int(offset_h))
    return f" oleh {first['actor'] if first else row['officer']} pukul {at:%H.%M.%S}"


def _columns(action: AlertAction, taken: dict[str, object], officer: str) -> dict[str, object]:
    match action:
        case AlertAction.ACKNOWLEDGE:
            return {"officer": officer}
        case AlertAction.DISPATCH:
            return {"unit": taken["unit"], "minutes": taken["minutes"]}
        case AlertAction.CLOSE:
            return {"close_reason": taken["reason"]}
        case _:
            return {}


def _record(
    connection: Connection,
    row: Row,
    action: AlertAction,
    state: AlertState,
    evidence: Evidence,
    officer: str,
    detail: dict[str, object],
    now_ms: int,
    via: str,
) -> None:
    """Step, audit and the kiosk's message: the rest of the same transaction."""
    alert_id, words = row["alert_id"], msgspec.json.encode(detail).decode()
    taken = AlertStepRow.insert(
        step_key=f"central/{uuid7(now_ms)}",
        alert_id=alert_id,
        at_ms=now_ms,
        action=action.value,
        state=state,
        evidence=evidence,
        path=via,
        actor=officer,
        detail=words,
    )
    connection.run(taken)
    connection.run(Audit.insert(at_ms=now_ms, actor=officer, action=f"alert.{action}", thing=alert_id, detail=words))
    said = {"action": action, "officer": officer, "at_ms": now_ms, "detail": detail}
    body = {"alert": alert_id, "nonce": row["nonce"], **said}
    put_down(connection, row["device"], "alert.answer", canonical_json(body), now_ms)
