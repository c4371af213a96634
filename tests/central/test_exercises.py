"""Daily tests and drills at the central: when each site last showed that its alarm arrives, and who is overdue."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.exercises import TEST_LATE_AFTER_MS, exercised
from sync.central.store import CentralStore
from tests.central.stories import DEVICE, NOW_MS, SITE, Journal, raise_alert, raised
from tests.central.web import BEARER, make_app, sign_in

HOUR_S = 3_600


def test_a_daily_test_rings_nowhere_and_is_kept_with_its_time(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602})
    journal.send(store)
    [device] = store.devices()
    assert (device.tested_ms, store.open_alerts()) == (NOW_MS + 1_000, [])


def test_a_test_by_a_clock_that_is_wrong_counts_as_of_its_arrival(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602}, synchronised=False)
    journal.send(store, at=NOW_MS + 9_000)
    assert store.devices()[0].tested_ms == NOW_MS + 9_000


def test_a_test_from_the_future_counts_as_of_its_arrival(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602})
    journal.send(store, at=NOW_MS)
    assert store.devices()[0].tested_ms == NOW_MS


def test_an_older_test_that_comes_later_unsays_nothing(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    for _ in range(2):
        journal.add("alarm.test", {"contact_id": 602})
    journal.send(store, 2)
    journal.send(store, 1, 1)
    assert store.devices()[0].tested_ms == NOW_MS + 2_000


def test_only_a_drill_that_somebody_answered_counts_and_the_last_one_does(store: CentralStore) -> None:
    first, second, real = raise_alert(store, drill=True), raise_alert(store, drill=True), raise_alert(store)
    raise_alert(store, drill=True)
    for at, alert in enumerate((second, first, real)):
        store.answer_alert(alert, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS + at)
    assert store.devices()[0].drilled_ms == NOW_MS + 1


def test_a_drill_that_a_contact_answered_by_sms_counts(store: CentralStore) -> None:
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id, drill=True))
    told = {"id": alert_id, "state": "acknowledged", "evidence": 5, "path": "sms/rw-2", "level": 5}
    journal.add("alert.evidence", {**told, "officer": "Ibu Ratna"})
    journal.send(store)
    assert store.devices()[0].drilled_ms == NOW_MS + 2_000


@pytest.mark.parametrize(("hours", "is_late"), [(25.9, False), (26.1, True)])
def test_a_test_is_late_after_26_hours_and_so_is_a_kiosk_that_never_had_one(
    store: CentralStore, hours: float, is_late: bool
) -> None:
    [new] = store.devices()
    assert exercised([new], new.enrolled_ms + round(hours * HOUR_S * 1000)).test_is_late is is_late
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602})
    journal.send(store)
    [tested] = store.devices()
    assert exercised([tested], NOW_MS + 1_000 + round(hours * HOUR_S * 1000)).test_is_late is is_late


def test_a_site_is_as_late_as_its_latest_kiosk(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602})
    journal.send(store)
    store.enrol("31.74.05.1001-k2", bytes(range(1, 33)), SITE)
    site = store.site(SITE.code)
    done = exercised(site.devices, NOW_MS + TEST_LATE_AFTER_MS + 2_000)
    assert (len(site.devices), done.tested_ms, done.test_is_late) == (2, None, True)


def test_the_api_tells_last_test_and_drill_of_each_site_and_kiosk(store: CentralStore, clock: ManualClock) -> None:
    client = make_app(store).test_client()
    journal = Journal(Lane.ALARM)
    journal.add("alarm.test", {"contact_id": 602})
    journal.send(store)
    store.answer_alert(raise_alert(store, drill=True), AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    assert _site(client)["test_late"] is False
    clock.advance(27 * HOUR_S)
    site = _site(client)
    assert (site["last_test"], site["last_drill"]) == ("2025-11-22T07:20:01+07:00", "2025-11-22T07:20:00+07:00")
    assert site["test_late"] is True
    assert site["devices"][0]["last_test"] == site["last_test"]  # type: ignore[index]
    metrics = client.get("/metrics", headers=BEARER).text
    assert re.search(rf'kentongan_device_test_age_seconds\{{device="{DEVICE}",site="{SITE.code}"\}} \d', metrics)


def _site(client: FlaskClient) -> dict[str, object]:
    answer = client.get(f"/api/v1/sites/{SITE.code}", headers=BEARER).json
    assert isinstance(answer, dict)
    return answer


def test_the_console_marks_a_site_whose_test_is_overdue(store: CentralStore, clock: ManualClock) -> None:
    client = make_app(store).test_client()
    sign_in(client)
    assert "Belum ada uji harian" in client.get("/posko/").text
    clock.advance(27 * HOUR_S)
    store.seen(DEVICE, store.now_ms())
    sign_in(client)
    page = client.get("/posko/").text
    assert "Uji harian terlambat" in page
    assert f'data-key="site-{SITE.code}" data-state="waiting"' in page
