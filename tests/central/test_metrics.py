"""What the post sees of its kiosks' backlogs: metrics for a Prometheus and a word at the site."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kiosk.core.event import Lane
from sync.central.store import CentralStore
from sync.central.told import told_by
from sync.central.web import shown
from tests.central.stories import DEVICE, NOW_MS, OTHER_DEVICE, PUBLIC_KEY, SITE, Journal
from tests.central.test_gaps import collapsed, lane_of, send
from tests.central.web import BEARER, make_app
from tests.prometheus_text import read

OF_IT = f'device="{DEVICE}",site="{SITE.code}"'


def status(store: CentralStore, body: Any) -> None:
    journal = Journal(Lane.HEALTH, epoch="ffffffffffffffff")
    journal.add("sync.status", body)
    journal.send(store, at=NOW_MS)


def a_status(waiting: int = 12, oldest_s: float = 7_200) -> dict[str, object]:
    return {"connected": True, "lanes": {"service": {"waiting": waiting, "oldest_s": oldest_s}}}


def test_metrics_parse_and_tell_of_every_kiosk(store: CentralStore) -> None:
    store.enrol(OTHER_DEVICE, PUBLIC_KEY, msgspec.structs.replace(SITE, code="32.73.01.1002"))
    store.present(DEVICE, True, "b", 1, store.now_ms() - 5_000)
    status(store, a_status())
    journal = lane_of(Lane.HEALTH, 9)
    send(store, journal, collapsed(journal, 1, 7))
    found = read(make_app(store).test_client().get("/metrics", headers=BEARER).text)
    assert found["kentongan_device_online"][OF_IT] == 1
    assert len(found["kentongan_device_online"]) == 2
    assert found["kentongan_device_last_contact_age_seconds"] == {OF_IT: 5}
    lane = OF_IT.replace(",site", ',lane="service",site')
    assert found["kentongan_device_backlog_events"] == {lane: 12}
    assert found["kentongan_device_backlog_oldest_seconds"] == {lane: 7_200}
    assert found["kentongan_device_dropped_events"][OF_IT] == 7
    assert found["kentongan_security_events"] == {"": 0}


def test_metrics_are_not_for_everybody(store: CentralStore) -> None:
    assert make_app(store).test_client().get("/metrics").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lanes": 5},
        {"lanes": {"service": {"waiting": -1}}},
        {"lanes": {"service": {"waiting": "many"}}},
        {"lanes": {"freight": {"waiting": 1}}},
    ],
)
def test_a_status_that_is_none_is_no_word(store: CentralStore, body: dict[str, object]) -> None:
    status(store, body)
    assert told_by(store.devices()[0]) is None
    assert read(make_app(store).test_client().get("/metrics", headers=BEARER).text)


@pytest.mark.parametrize(
    ("waiting", "oldest_s", "gone", "words"),
    [
        (12, 7_200.0, 0, " · 12 catatan masih menunggu di sana"),
        (1_200, 10.0, 0, ""),
        (0, 0.0, 1_500, " · 1.500 catatan tidak akan tiba"),
    ],
)
def test_the_console_says_at_a_site_what_has_not_arrived(
    store: CentralStore, waiting: int, oldest_s: float, gone: int, words: str
) -> None:
    store.present(DEVICE, True, "b", 1, store.now_ms())
    status(store, a_status(waiting, oldest_s))
    if gone:
        journal = lane_of(Lane.HEALTH, gone)
        send(store, journal, collapsed(journal, 1, gone))
    assert shown.site(store.site(SITE.code), store.now_ms()).note == f"{SITE.code} · 1 kiosk{words}"
    page = make_app(store).test_client()
    assert page.get("/posko/").status_code == 303


def test_the_api_tells_what_will_never_arrive(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 4)
    send(store, journal, collapsed(journal, 1, 3))
    client = make_app(store).test_client()
    (device,) = client.get("/api/v1/devices", headers=BEARER).get_json()["items"]
    assert device["dropped"] == 3
