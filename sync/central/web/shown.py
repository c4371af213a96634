"""What the console shows of one alert and one site: stage, ladder and the next act. Pure.

The order of the list is the order of work: unanswered and ringing first, newest on top; then those that arrived too
late to ring for; then what somebody already answers. A drill rings like the real thing and says everywhere that it is
one; so does a silent (duress) alert, and says that nobody may call the site back. A press that reached us long after it
happened is never dropped and never a live siren.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.core.alert import CONTACT_ID, AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.contact_id import MANUAL_TEST
from sync.central.exercises import Exercised, exercised
from sync.central.store import AlertView, SiteView
from sync.central.store.values import CLOSE_REASON_WORDS
from sync.central.told import told_by
from sync.central.web import words
from sync.central.web.proof import ShownStep, is_by_sms, shown_steps, way

LATE_AFTER_MS = 10 * 60_000  # by then the street has acted or the person has left: it needs a visit, not a siren
SILENT_TITLE = "Senyap: jangan menelepon ke lokasi"
SILENT_AFTER_MS = 90_000  # EN 50136 DP4: a path that says nothing for 90 s is at fault
_RUNGS = (
    *("Ditekan", "Tersimpan di kiosk", "Dikirim", "Dibawa jaringan"),
    *("Posko menerima", "Petugas menjawab", "Unit berangkat", "Ditutup"),
)


class Rung(msgspec.Struct, frozen=True):
    """One rung of the evidence ladder; `shown` is yes, answered, now or no."""

    words: str
    shown: str
    by: str
    at: str


class ShownAlert(msgspec.Struct, frozen=True):
    """One alert ready for the template."""

    view: AlertView
    stage: str
    title: str
    note: str
    next_action: AlertAction | None
    contact_id: int | None
    rungs: tuple[Rung, ...]
    steps: tuple[ShownStep, ...]

    @property
    def rings(self) -> bool:
        return self.view.is_open and self.view.acknowledged_ms is None and not is_late(self.view)


class ShownSite(msgspec.Struct, frozen=True):
    """One site ready for the template; `heard_ms` is None when it never spoke."""

    view: SiteView
    is_well: bool
    note: str
    heard_ms: int | None
    exercised: Exercised

    @property
    def state(self) -> str:
        """Out of reach is worse than a test that is overdue."""
        if not self.is_well:
            return "alarm"
        return "waiting" if self.exercised.test_is_late else "ok"


def alerts(views: Iterable[AlertView]) -> list[ShownAlert]:
    """In the order of work."""
    return sorted((alert(view) for view in views), key=lambda shown: (not shown.rings, _is_answered(shown.view)))


def alert(view: AlertView) -> ShownAlert:
    code = AlertCode(view.code) if view.code in set(AlertCode) else None
    return ShownAlert(
        view=view,
        stage=_stage(view),
        title=_title(view),
        note=_note(view),
        next_action=_next(view),
        contact_id=MANUAL_TEST if view.drill else CONTACT_ID.get(code) if code else None,
        rungs=_rungs(view),
        steps=shown_steps(view.steps, view.site.utc_offset_h),
    )


def _title(view: AlertView) -> str:
    said = SILENT_TITLE if view.is_silent else view.words
    return f"Latihan: {said}" if view.drill else said


def is_late(view: AlertView) -> bool:
    return view.received_ms - view.pressed_ms > LATE_AFTER_MS


def site(view: SiteView, now_ms: int) -> ShownSite:
    heard_ms = view.last_contact_ms
    gone = any(device.presence == "offline" for device in view.devices)
    is_well = heard_ms is not None and now_ms - heard_ms <= SILENT_AFTER_MS and not gone
    count = f"{view.site.code} · {len(view.devices)} kiosk{_behind(view)}"
    done = exercised(view.devices, now_ms)
    if is_well:
        return ShownSite(view, True, count, heard_ms, done)
    return ShownSite(
        view,
        False,
        "Belum pernah terhubung" if heard_ms is None else f"Putus. Tombolnya tetap bekerja di tempat{_behind(view)}",
        heard_ms,
        done,
    )


def _behind(view: SiteView) -> str:
    """What has not arrived here, as the kiosks said it last, and what never will."""
    late = sum(told.late for device in view.devices if (told := told_by(device)) is not None)
    dropped = sum(device.dropped for device in view.devices)
    waits = f" · {_count(late)} catatan masih menunggu di sana" if late else ""
    return waits + (f" · {_count(dropped)} catatan tidak akan tiba" if dropped else "")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _is_answered(view: AlertView) -> bool:
    return view.acknowledged_ms is not None


def _stage(view: AlertView) -> str:
    if not view.is_open:
        return "closed"
    if _is_answered(view):
        return "answered"
    if is_late(view):
        return "late"
    return "unanswered" if view.state is AlertState.UNANSWERED else "sent"


def _next(view: AlertView) -> AlertAction | None:
    if not view.is_open:
        return None
    if not _is_answered(view):
        return AlertAction.ACKNOWLEDGE
    if view.arrived_ms is not None:
        return AlertAction.CLOSE
    return AlertAction.ARRIVE if view.dispatched_ms is not None else AlertAction.DISPATCH


def _note(view: AlertView) -> str:
    offset_h = view.site.utc_offset_h
    if view.closed_ms is not None:
        reason = CLOSE_REASON_WORDS[view.close_reason] if view.close_reason else "selesai"
        return f"Ditutup {words.minute(view.closed_ms, offset_h)} · {reason}"
    if view.arrived_ms is not None:
        return f"{view.unit or 'Petugas'} di lokasi sejak {words.minute(view.arrived_ms, offset_h)}"
    if view.dispatched_ms is not None:
        return f"{view.unit} menuju lokasi, ± {view.minutes} menit"
    if _is_answered(view):
        return f"Dijawab {view.officer} lewat SMS" if is_by_sms(view.answered_path) else f"Diterima {view.officer}"
    if view.cancelled_ms is not None:
        return "Dibatalkan di tempat: tetap periksa"
    if is_late(view):
        return f"Terlambat tiba: ditekan {words.minute(view.pressed_ms, offset_h)} saat jaringan putus"
    return "BELUM ADA YANG MENJAWAB" if view.state is AlertState.UNANSWERED else "Belum dijawab"


def _rungs(view: AlertView) -> tuple[Rung, ...]:
    """What was shown, rung by rung; one below another was passed even if its own time never reached us."""
    offset_h = view.site.utc_offset_h
    at: dict[int, int] = {0: view.pressed_ms, 1: view.pressed_ms, 4: view.received_ms}
    by: dict[int, str] = {}
    for step in view.steps:
        if step.level in (Evidence.HANDED, Evidence.CARRIED):
            at.setdefault(step.level, step.at_ms)
            by.setdefault(step.level, way(step.path))
    for rung, at_ms, who in (
        (5, view.acknowledged_ms, view.officer),
        (6, view.dispatched_ms, view.unit),
        (7, view.closed_ms, CLOSE_REASON_WORDS[view.close_reason] if view.close_reason else None),
    ):
        if at_ms is not None:
            at[rung], by[rung] = at_ms, who or ""
    if is_by_sms(view.answered_path):
        by[5] = f"{view.officer}, SMS"
    reached = 4 if view.acknowledged_ms is None else max(5, view.evidence)
    return tuple(
        Rung(
            words=text,
            shown=_rung_shown(rung, reached, rung in at or rung < 5),
            by=by.get(rung, ""),
            at=words.clock_time(at[rung], offset_h) if rung in at else "",
        )
        for rung, text in enumerate(_RUNGS)
    )


def _rung_shown(rung: int, reached: int, is_known: bool) -> str:
    if rung <= reached:
        if rung < Evidence.ACKNOWLEDGED:
            return "yes"
        return "answered" if is_known else "no"  # closed without a unit: nobody claims that one was sent
    return "now" if rung == reached + 1 else "no"
