"""What the site shows of its way to the central: to meters, to supervisors and on the officer's desk."""

from __future__ import annotations

from flask.testing import FlaskClient

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.retention import RetentionSettings
from kiosk.http.metrics import family
from kiosk.store import retention
from kiosk.store.database import Store
from kiosk.store.outbox import acknowledge
from kiosk.store.parts import record_alive
from kiosk.store.tickets import issue
from kiosk.web import way_to_central
from tests.prometheus_text import read

OFFICERS = 2  # events that the site began with
LINK = {
    **{"connected": True, "answered": True, "last_error": "", "waits_s": 0.0, "round_trip_ms": 41.5, "refused": 2},
    **{"sent_bytes": 1_234, "received_bytes": 567, "batch_bytes": 2_048, "uplink_bytes_per_s": None},
}


def speak(store: Store, connected: bool) -> None:
    record_alive(store, "sync", {name: {**LINK, "answered": connected} for name in ("alarm", "bulk")}, ok=connected)


def test_metrics_parse_and_tell_of_backlog_links_and_room(
    client: FlaskClient, store: Store, clock: ManualClock
) -> None:
    for _ in range(3):
        issue(store, "usaha", "A", 7, None, None)
    acknowledge(store, Lane.SERVICE, OFFICERS + 2)
    clock.advance(90)
    speak(store, connected=True)
    retention.turn(store, RetentionSettings())
    found = read(client.get("/metrics").text)
    assert found["kentongan_connected"] == {"": 1}
    assert found["kentongan_backlog_events"] == {'lane="alarm"': 0, 'lane="health"': 0, 'lane="service"': 2}
    assert found["kentongan_backlog_oldest_seconds"] == {'lane="service"': 90}
    assert found["kentongan_acknowledged_age_seconds"] == {'lane="service"': 90}
    assert found["kentongan_link_round_trip_seconds"]['link="bulk"'] == 0.0415
    assert found["kentongan_link_sent_bytes_total"] == {'link="alarm"': 1_234, 'link="bulk"': 1_234}
    assert found["kentongan_link_refused_total"]['link="bulk"'] == 2
    assert found["kentongan_storage_room"] == {'room="plenty"': 1}
    assert found["kentongan_storage_free_bytes"][""] > 1_000_000
    assert found["kentongan_storage_reserve"] == {"": 1}


def test_metrics_parse_when_nobody_has_spoken(client: FlaskClient) -> None:
    found = read(client.get("/metrics").text)
    assert found["kentongan_connected"] == {"": 0}
    assert found["kentongan_link_answered"] == {}


def test_whatever_a_label_holds_the_text_stays_readable() -> None:
    text = family("kentongan_x", "a\\b\nc", [({"part": 'a"b\\c\nd'}, float("inf")), ({"part": "é"}, True)])
    assert read(text)["kentongan_x"] == {'part="a\\"b\\\\c\\nd"': float("inf"), 'part="é"': 1.0}


def test_the_desk_says_in_one_line_whether_the_offices_work_arrives(store: Store, clock: ManualClock) -> None:
    acknowledge(store, Lane.SERVICE, OFFICERS)
    speak(store, connected=True)
    assert way_to_central.words(store) == "Tersambung ke pusat"
    issue(store, "usaha", "A", 7, None, None)
    clock.advance(3 * 3_600)
    assert way_to_central.words(store) == "2 catatan menunggu jaringan, paling lama 3 jam"  # the daemon is silent
    speak(store, connected=False)
    assert way_to_central.words(store) == "2 catatan menunggu jaringan, paling lama 3 jam"
    acknowledge(store, Lane.SERVICE, OFFICERS + 2)
    assert way_to_central.words(store) == "Belum tersambung ke pusat; semua catatan sudah terkirim"


def test_what_waits_since_before_this_boot_is_aged_by_the_wall_clock(store: Store, clock: ManualClock) -> None:
    issue(store, "usaha", "A", 7, None, None)
    before = clock.moment.wall_ms
    clock.moment = ManualClock(wall_ms=before + 86_400_000, boot="boot-2", mono_ms=5).moment
    assert way_to_central.words(store).endswith("paling lama 1 hari")
    clock.moment = ManualClock(wall_ms=before - 86_400_000, boot="boot-2", mono_ms=5).moment
    assert way_to_central.words(store).endswith("paling lama kurang dari 1 menit")
