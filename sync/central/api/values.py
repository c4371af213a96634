"""The JSON that `/api/v1` gives; what it takes is in `bodies`. These names are a promise to integrators.

Times are ISO 8601 in the site's own offset; ids are stable; a field is added but never renamed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kiosk.core.clock import iso
from sync.central.cap.messages import CapMessage
from sync.central.exercises import exercised
from sync.central.store import AlertView, DeviceView, EventView, SiteCard, SiteView, TicketView


class Site(msgspec.Struct, frozen=True):
    code: str
    name: str
    address: str
    contact: str
    latitude: float | None
    longitude: float | None
    utc_offset_h: int

    @classmethod
    def of(cls, card: SiteCard) -> Site:
        return cls(**msgspec.structs.asdict(card))


class Step(msgspec.Struct, frozen=True):
    """`evidence` is what the alert had proven by then, `level` what this step proved on its path; `officer` is the
    human who took it. `detail.raw` is the carrier's reply, telephone numbers masked; `detail.after_ms` how long after
    the press it was, by the box's own monotonic clock."""

    at: str
    action: str
    state: str
    evidence: int
    level: int
    path: str
    actor: str
    officer: str
    detail: dict[str, Any]


class Alert(msgspec.Struct, frozen=True):
    """`silent`: nobody may call the site back. `acknowledged_path`: by which way the first human answered."""

    id: str
    device: str
    site: Site
    code: str
    source: str
    presses: int
    drill: bool
    silent: bool
    state: str
    evidence: int
    raised: str
    pressed: str
    received: str
    cancelled: str | None
    officer: str | None
    acknowledged: str | None
    acknowledged_path: str | None
    shown: str | None
    unit: str | None
    minutes: int | None
    dispatched: str | None
    arrived: str | None
    closed: str | None
    close_reason: str | None
    steps: list[Step]

    @classmethod
    def of(cls, view: AlertView) -> Alert:
        offset_h = view.site.utc_offset_h
        same = ("id", "device", "code", "source", "presses", "drill", "officer", "unit", "minutes", "close_reason")
        names = ["raised", "pressed", "received", "cancelled", "acknowledged", "shown"]
        names += ["dispatched", "arrived", "closed"]
        times: dict[str, Any] = {name: _time(getattr(view, f"{name}_ms"), offset_h) for name in names}
        steps = [
            Step(
                *(iso(step.at_ms, offset_h), step.action, step.state, step.evidence, step.level, step.path),
                *(step.actor, step.person, step.detail),
            )
            for step in view.steps
        ]
        return cls(
            site=Site.of(view.site),
            silent=view.is_silent,
            acknowledged_path=view.answered_path,
            state=view.state,
            evidence=view.evidence,
            steps=steps,
            **{name: getattr(view, name) for name in same},
            **times,
        )


class CapEntry(msgspec.Struct, frozen=True):
    """One CAP 1.2 message of an alert; the XML itself is at `href`."""

    number: int
    identifier: str
    msg_type: str
    status: str
    sent: str
    note: str
    href: str

    @classmethod
    def of(cls, message: CapMessage) -> CapEntry:
        return cls(
            number=message.number,
            identifier=message.identifier,
            msg_type=message.kind,
            status="Exercise" if message.is_exercise else "Actual",
            sent=iso(message.sent_ms, message.view.site.utc_offset_h),
            note=message.note,
            href=f"/api/v1/alerts/{message.view.id}/cap/{message.number}",
        )


class Report(msgspec.Struct, frozen=True):
    at: str
    body: dict[str, Any]


class Device(msgspec.Struct, frozen=True):
    id: str
    site: str
    enrolled: str
    last_contact: str | None
    presence: str | None
    business_day: str | None
    reports: dict[str, Report]
    dropped: int
    last_test: str | None
    last_drill: str | None

    @classmethod
    def of(cls, view: DeviceView) -> Device:
        offset_h = view.utc_offset_h
        reports = {
            kind: Report(at=iso(msgspec.convert(report["at_ms"], int), offset_h), body=_object(report["body"]))
            for kind, report in view.reports.items()
        }
        return cls(
            id=view.id,
            site=view.site_code,
            enrolled=iso(view.enrolled_ms, offset_h),
            last_contact=_time(view.last_contact_ms, offset_h),
            presence=view.presence,
            business_day=view.business_day,
            reports=reports,
            dropped=view.dropped,
            last_test=_time(view.tested_ms, offset_h),
            last_drill=_time(view.drilled_ms, offset_h),
        )


class SiteState(msgspec.Struct, frozen=True):
    """A site with its devices and the tickets of its business day, counted by state.

    `last_test` is the daily test of the kiosk that is worst off, null while one has none; `test_late`: more than 26 h
    ago. `last_drill` is the last one that somebody answered.
    """

    site: Site
    devices: list[Device]
    business_day: str | None
    last_contact: str | None
    tickets: dict[str, int]
    last_test: str | None
    last_drill: str | None
    test_late: bool

    @classmethod
    def of(cls, view: SiteView, now_ms: int) -> SiteState:
        done, offset_h = exercised(view.devices, now_ms), view.site.utc_offset_h
        return cls(
            site=Site.of(view.site),
            devices=[Device.of(device) for device in view.devices],
            business_day=view.business_day,
            last_contact=_time(view.last_contact_ms, offset_h),
            tickets=view.tickets,
            last_test=_time(done.tested_ms, offset_h),
            last_drill=_time(done.drilled_ms, offset_h),
            test_late=done.test_is_late,
        )


class Ticket(msgspec.Struct, frozen=True):
    id: str
    device: str
    site: str
    day: str
    number: str
    service: str
    state: str
    counter: int | None
    issued: str
    changed: str

    @classmethod
    def of(cls, view: TicketView) -> Ticket:
        same = ("id", "device", "day", "number", "service", "state", "counter")
        return cls(
            site=view.site_code,
            issued=iso(view.issued_ms, view.utc_offset_h),
            changed=iso(view.changed_ms, view.utc_offset_h),
            **{name: getattr(view, name) for name in same},
        )


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event as it arrived. `body` is its JSON; a body that is none comes as `body_base64`.

    `at` is what its kiosk's clock showed, `true_at` when it happened; without it nobody knows (yet).
    """

    arrival: int
    device: str
    epoch: str
    lane: str
    seq: int
    kind: str
    at: str
    synchronised: bool
    received: str
    hash: str
    body: msgspec.Raw
    body_base64: bytes | None = None
    true_at: str | None = None

    @classmethod
    def of(cls, view: EventView) -> Event:
        body, raw = msgspec.Raw(b"null"), None
        try:
            msgspec.json.decode(view.body)
            body = msgspec.Raw(view.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raw = view.body
        return cls(
            arrival=view.arrival,
            device=view.device,
            epoch=view.epoch,
            lane=view.lane,
            seq=view.seq,
            kind=view.kind,
            at=iso(view.wall_ms, 0),
            synchronised=view.synchronised,
            received=iso(view.received_ms, 0),
            hash=view.hash.hex(),
            body=body,
            body_base64=raw,
            true_at=None if view.true_ms is None else iso(view.true_ms, 0),
        )


def _time(at_ms: int | None, offset_h: int) -> str | None:
    return None if at_ms is None else iso(at_ms, offset_h)


def _object(value: object) -> dict[str, Any]:
    return msgspec.convert(value, dict[str, Any])
