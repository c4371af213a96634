"""What the console shows of an alert: nothing that was not proven, and the order of work."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.alert import AlertAction, AlertState, Evidence
from sync.central.store import AlertStep, AlertView, CloseReason, DeviceView, SiteView
from sync.central.web import shown
from sync.central.web.proof import way
from tests.central.stories import DEVICE, NOW_MS, SITE

FRESH = AlertView(
    id="01900000-0000-7000-8000-00000000abcd",
    device=DEVICE,
    site=SITE,
    code="panic",
    source="panic@box/1",
    presses=1,
    drill=False,
    state=AlertState.RECEIVED,
    evidence=Evidence.RECEIVED,
    raised_ms=NOW_MS,
    raised_synchronised=True,
    received_ms=NOW_MS + 300,
    cancelled_ms=None,
    officer=None,
    acknowledged_ms=None,
    shown_ms=None,
    unit=None,
    minutes=None,
    dispatched_ms=None,
    arrived_ms=None,
    closed_ms=None,
    close_reason=None,
)
ANSWERED = msgspec.structs.replace(
    FRESH, state=AlertState.ACKNOWLEDGED, evidence=Evidence.ACKNOWLEDGED, officer="Sari", acknowledged_ms=NOW_MS + 900
)


def with_(view: AlertView, **changes: object) -> AlertView:
    return msgspec.structs.replace(view, **changes)


def rungs(view: AlertView) -> list[str]:
    return [rung.shown for rung in shown.alert(view).rungs]


def test_a_fresh_alert_rings_and_shows_evidence_up_to_the_post() -> None:
    alert = shown.alert(FRESH)
    assert (alert.stage, alert.rings, alert.next_action) == ("sent", True, AlertAction.ACKNOWLEDGE)
    assert rungs(FRESH) == ["yes"] * 5 + ["now", "no", "no"]


def test_an_answer_names_its_officer_and_stops_the_ringing() -> None:
    alert = shown.alert(ANSWERED)
    assert (alert.stage, alert.rings, alert.note) == ("answered", False, "Diterima Sari")
    assert (alert.rungs[5].by, alert.rungs[5].shown) == ("Sari", "answered")


def test_a_cancelled_alert_still_rings_and_tells_to_look() -> None:
    alert = shown.alert(with_(FRESH, state=AlertState.CANCEL_REQUESTED, cancelled_ms=NOW_MS + 5_000))
    assert (alert.rings, alert.note) == (True, "Dibatalkan di tempat: tetap periksa")


def test_an_alert_closed_without_a_unit_does_not_claim_that_one_left() -> None:
    closed = with_(ANSWERED, state=AlertState.CLOSED, evidence=Evidence.CLOSED, closed_ms=NOW_MS + 1_000)
    closed = with_(closed, close_reason=CloseReason.MISTAKEN)
    assert rungs(closed) == ["yes"] * 5 + ["answered", "no", "answered"]
    assert shown.alert(closed).note == "Ditutup 07.20 · Salah tekan"


def test_each_answer_leads_to_the_next() -> None:
    sent = with_(ANSWERED, dispatched_ms=NOW_MS + 2_000, unit="Patroli 3", minutes=7)
    there = with_(sent, arrived_ms=NOW_MS + 9_000)
    actions = [shown.alert(view).next_action for view in (ANSWERED, sent, there, with_(there, closed_ms=NOW_MS))]
    assert actions == [AlertAction.DISPATCH, AlertAction.ARRIVE, AlertAction.CLOSE, None]


def test_a_press_that_arrives_hours_later_is_shown_but_never_rings() -> None:
    late = with_(FRESH, received_ms=NOW_MS + 6 * 3_600_000)
    alert = shown.alert(late)
    assert (alert.stage, alert.rings, alert.view.is_open) == ("late", False, True)
    assert "ditekan 07.20" in alert.note


def test_a_kiosk_whose_clock_is_wrong_is_not_taken_for_late() -> None:
    alert = shown.alert(with_(FRESH, raised_ms=0, raised_synchronised=False))
    assert (alert.rings, alert.view.pressed_ms) == (True, FRESH.received_ms)


def test_a_clock_that_runs_ahead_never_gives_a_negative_time_since_the_press() -> None:
    assert with_(FRESH, raised_ms=NOW_MS + 99_000).pressed_ms == FRESH.received_ms


def test_work_comes_in_order() -> None:
    late = with_(FRESH, id="late", received_ms=NOW_MS + 6 * 3_600_000)
    ordered = shown.alerts([late, with_(ANSWERED, id="answered"), with_(FRESH, id="ringing")])
    assert [alert.view.id for alert in ordered] == ["ringing", "late", "answered"]


def test_a_drill_rings_and_says_that_it_is_one() -> None:
    alert = shown.alert(with_(FRESH, drill=True))
    assert (alert.rings, alert.title) == (True, "Latihan: Keadaan darurat")


@pytest.mark.parametrize(
    ("presence", "age_ms", "is_well"),
    [("online", 1_000, True), (None, 1_000, True), ("online", 90_001, False), ("offline", 1_000, False)],
)
def test_a_site_is_well_while_it_speaks(presence: str | None, age_ms: int, is_well: bool) -> None:
    device = DeviceView(DEVICE, SITE.code, 7, NOW_MS, NOW_MS - age_ms, presence, None, {})
    assert shown.site(SiteView(SITE, (device,), None, {}), NOW_MS).is_well is is_well


def test_a_site_that_never_spoke_is_not_well() -> None:
    device = DeviceView(DEVICE, SITE.code, 7, NOW_MS, None, None, None, {})
    site = shown.site(SiteView(SITE, (device,), None, {}), NOW_MS)
    assert (site.is_well, site.note) == (False, "Belum pernah terhubung")


def test_a_press_that_a_clock_told_later_is_late_by_its_true_time() -> None:
    pressed_ms = NOW_MS - 3_600_000
    alert = shown.alert(with_(FRESH, raised_ms=0, raised_synchronised=False, raised_true_ms=pressed_ms))
    assert (alert.stage, alert.rings, alert.view.pressed_ms) == ("late", False, pressed_ms)


def test_a_contact_who_answered_by_sms_is_named_with_the_way() -> None:
    step = AlertStep(NOW_MS + 900, "evidence", "acknowledged", 5, "sms/rw-2", DEVICE, {"level": 5, "officer": "Sari"})
    alert = shown.alert(with_(ANSWERED, steps=(step,)))
    assert (alert.note, alert.rungs[5].by, alert.rings) == ("Dijawab Sari lewat SMS", "Sari, SMS", False)
    assert alert.next_action is AlertAction.DISPATCH


def test_each_rung_names_the_way_that_proved_it_and_not_what_was_known_by_then() -> None:
    modem = AlertStep(NOW_MS + 100, "evidence", "received", 4, "sms/piket-1", DEVICE, {"level": 3, "raw": "+CMGS: 1"})
    [step] = shown.alert(with_(FRESH, steps=(modem,))).steps
    assert (step.what, step.way, step.level, step.raw) == ("Dibawa jaringan", "SMS piket-1", 3, "+CMGS: 1")
    assert shown.alert(with_(FRESH, steps=(modem,))).rungs[3].by == "SMS piket-1"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("sms/piket-1", "SMS piket-1"),
        ("again/sms/piket-1", "SMS piket-1, ulang"),
        ("cancel/dc09", "pusat alarm (DC-09), pembatalan"),
        ("token Dasbor/kota", "token Dasbor/kota"),
        ("satellite", "satellite"),
    ],
)
def test_a_way_is_named_in_words_and_a_new_one_as_it_came(path: str, said: str) -> None:
    assert way(path) == said


def test_a_silent_alert_rings_at_the_post_and_says_not_to_call_back() -> None:
    alert = shown.alert(with_(FRESH, code="silent"))
    assert (alert.rings, alert.title, alert.contact_id) == (True, "Senyap: jangan menelepon ke lokasi", 122)
