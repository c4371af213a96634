"""`/healthz` and `/metrics`: each part with its age, and what makes a site unable to work."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store
from kiosk.store.outbox import acknowledge
from kiosk.store.parts import record_alive
from kiosk.store.tickets import issue
from kiosk.web.app import create_app


def health(client: FlaskClient) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz")
    assert answer.json
    return answer.status_code, answer.json["parts"]


def all_speak(store: Store, connected: bool = True) -> None:
    record_alive(store, "kiosk", {"printer": {"ok": False, "paper": "out", "obstacle": "kertas printer habis"}})
    links = {name: {"connected": True, "answered": connected} for name in ("alarm", "service")}
    record_alive(store, "sync", links)


def test_a_site_works_while_its_daemons_speak_whatever_network_and_paper_do(client: FlaskClient, store: Store) -> None:
    all_speak(store, connected=False)
    status, parts = health(client)
    assert status == 200
    assert parts["kiosk"] == {"ok": True, "age_s": 0.0, "detail": parts["kiosk"]["detail"]}
    assert (parts["printer"]["ok"], parts["printer"]["detail"]["obstacle"]) == (False, "kertas printer habis")
    assert parts["central"]["ok"] is False


def test_a_part_that_is_silent_for_five_seconds_is_not_well(
    client: FlaskClient, store: Store, clock: ManualClock
) -> None:
    all_speak(store)
    clock.advance(4.9)
    assert health(client)[0] == 200
    clock.advance(0.2)
    status, parts = health(client)
    assert (status, parts["sync"]["ok"], parts["sync"]["age_s"]) == (503, False, 5.1)


def test_a_part_of_an_earlier_boot_has_no_age(client: FlaskClient, store: Store, clock: ManualClock) -> None:
    all_speak(store)
    clock.moment = msgspec.structs.replace(clock.moment, boot="boot-2", mono_ms=5)
    status, parts = health(client)
    assert (status, parts["kiosk"]["ok"], parts["kiosk"]["age_s"]) == (503, False, None)


def test_a_wired_button_needs_its_bridge(settings: SiteSettings, store: Store) -> None:
    wired = msgspec.structs.replace(settings, bridge=BridgeSettings(inputs="simulated", box_socket="/tmp/box"))
    client = create_app(wired, store).test_client()
    all_speak(store)
    assert health(client)[0] == 503
    record_alive(store, "bridge", {})
    assert health(client)[0] == 200


def test_the_link_shows_backlog_by_lane_and_the_age_of_the_last_acknowledgement(
    client: FlaskClient, store: Store, clock: ManualClock
) -> None:
    for _ in range(3):
        issue(store, "usaha", "A", 7, None, None)
    acknowledge(store, Lane.SERVICE, 2)
    clock.advance(7)
    all_speak(store)
    _, parts = health(client)
    lanes = parts["central"]["detail"]["lanes"]
    assert lanes["service"]["acknowledged_age_s"] == 7.0
    assert lanes["service"]["waiting"] >= 2
    assert lanes["service"]["oldest_s"] == 7.0
    assert lanes["alarm"] == {"waiting": 0, "oldest_s": None, "acknowledged_age_s": None}
    assert parts["central"]["ok"] is True


def test_metrics_are_prometheus_text(client: FlaskClient, store: Store) -> None:
    issue(store, "usaha", "A", 7, None, None)
    all_speak(store)
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'kentongan_tickets{state="waiting"} 1' in lines
    assert "kentongan_open_alerts 0" in lines
    assert all(line.startswith(("#", "kentongan_")) for line in lines)


def test_the_design_is_served_and_no_code_with_it(app: Flask, client: FlaskClient) -> None:
    with client.get("/design/tokens.css") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"
    for path in ("/design/__init__.py", "/design/../web/app.py", "/design/nothing.css"):
        assert client.get(path).status_code == 404


def test_the_root_leads_to_the_screen(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/kiosk/"
