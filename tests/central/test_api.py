"""REST for other systems: who may ask, what they get, and what bad input is told."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore
from tests.central.stories import DEVICE, NOW_MS, Journal, issued, raise_alert
from tests.central.web import BEARER, OFFICER, TOKEN, make_app, sign_in

READS = ("alerts", "alerts/x", "sites", "sites/31.74.05.1001", "devices", "tickets", "events")
ANSWERS = ("acknowledge", "dispatch", "arrive", "close")


@pytest.fixture
def client(store: CentralStore) -> FlaskClient:
    return make_app(store).test_client()


def problem(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    return str(answer.json["detail"])


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_a_token(client: FlaskClient, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": ""}):
        problem(client.get(f"/api/v1/{path}", headers=headers), 401)


@pytest.mark.parametrize("action", ANSWERS)
def test_nobody_answers_without_a_token(client: FlaskClient, store: CentralStore, action: str) -> None:
    alert_id = raise_alert(store)
    problem(client.post(f"/api/v1/alerts/{alert_id}/{action}", json={"officer": "X"}), 401)
    assert store.alert(alert_id).acknowledged_ms is None


def test_a_revoked_token_opens_nothing(client: FlaskClient, store: CentralStore) -> None:
    assert client.get("/api/v1/sites", headers=BEARER).status_code == 200
    store.revoke_token("tests")
    problem(client.get("/api/v1/sites", headers=BEARER), 401)


def test_an_alert_is_answered_step_by_step(client: FlaskClient, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    bodies: dict[str, dict[str, object]] = {
        "acknowledge": {},
        "dispatch": {"unit": "Patroli 3", "minutes": 7},
        "arrive": {},
        "close": {"reason": "true", "note": "aman"},
    }
    for action, body in bodies.items():
        answer = client.post(
            f"/api/v1/alerts/{alert_id}/{action}", json={"officer": "Aiptu Rahmat", **body}, headers=BEARER
        )
        assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["state"], answer.json["officer"], answer.json["close_reason"]) == (
        "closed",
        "Aiptu Rahmat",
        "true",
    )
    assert answer.json["acknowledged"] == "2025-11-22T07:20:00+07:00"
    assert [step["path"] for step in answer.json["steps"]] == ["mqtt"] + ["token tests"] * 4
    assert "nonce" not in answer.json


def test_the_second_answer_is_a_conflict_that_names_the_first(client: FlaskClient, store: CentralStore) -> None:
    address = f"/api/v1/alerts/{raise_alert(store)}/acknowledge"
    assert client.post(address, json={"officer": "Sari"}, headers=BEARER).status_code == 200
    second = client.post(address, json={"officer": "Budi"}, headers=BEARER)
    assert "oleh Sari pukul 07.20.00" in problem(second, 409)


def test_a_program_must_name_the_human_who_answers(client: FlaskClient, store: CentralStore) -> None:
    address = f"/api/v1/alerts/{raise_alert(store)}/acknowledge"
    assert "officer harus diisi" in problem(client.post(address, json={}, headers=BEARER), 400)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("acknowledge", b"{"),
        ("acknowledge", b"\xff"),
        ("acknowledge", b"[]"),
        ("acknowledge", b'{"officer":"S","extra":1}'),
        ("acknowledge", b'{"officer":""}'),
        ("acknowledge", b'{"officer":"a\\u0000b"}'),
        ("dispatch", b'{"officer":"S"}'),
        ("dispatch", b'{"officer":"S","unit":"","minutes":1}'),
        ("dispatch", b'{"officer":"S","unit":"P","minutes":-1}'),
        ("close", b'{"officer":"S","reason":"bored"}'),
    ],
)
def test_a_bad_body_is_told_what_is_wrong_and_changes_nothing(
    client: FlaskClient, store: CentralStore, action: str, body: bytes
) -> None:
    alert_id = raise_alert(store)
    if action != "acknowledge":
        store.answer_alert(alert_id, AlertAction.ACKNOWLEDGE, "S", {}, NOW_MS)
    before = store.alert(alert_id)
    headers = {**BEARER, "Content-Type": "application/json"}
    assert problem(client.post(f"/api/v1/alerts/{alert_id}/{action}", data=body, headers=headers), 400)
    assert store.alert(alert_id) == before


def test_a_body_that_is_too_large_or_no_json_is_refused(client: FlaskClient, store: CentralStore) -> None:
    address = f"/api/v1/alerts/{raise_alert(store)}/acknowledge"
    headers = {**BEARER, "Content-Type": "application/json"}
    problem(client.post(address, data=b"x" * 1_000_000, headers=headers), 413)
    problem(client.post(address, data="officer=S", headers=BEARER), 415)


def test_what_does_not_exist_is_a_problem(client: FlaskClient) -> None:
    problem(client.get("/api/v1/alerts/none", headers=BEARER), 404)
    problem(client.get("/api/v1/alerts/a%00b", headers=BEARER), 400)
    problem(client.get("/api/v1/sites/none", headers=BEARER), 404)
    problem(client.get("/api/v1/nothing", headers=BEARER), 404)
    problem(client.delete("/api/v1/alerts", headers=BEARER), 405)
    problem(client.post(f"/api/v1/alerts/{uuid7()}/acknowledge", json={"officer": "S"}, headers=BEARER), 404)


def test_a_page_has_limits(client: FlaskClient) -> None:
    for path in ("alerts", "sites", "devices", "tickets", "events"):
        for limit in ("0", "501", "x", "²", ""):
            problem(client.get(f"/api/v1/{path}?limit={limit}", headers=BEARER), 400)


def test_a_cursor_that_is_none_of_ours_is_refused(client: FlaskClient) -> None:
    for query in ("alerts?after=x", "alerts?state=lost", "events?after=-1", "events?after=abc"):
        problem(client.get(f"/api/v1/{query}", headers=BEARER), 400)


def collect(client: FlaskClient, path: str, join: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after = ""
    for _ in range(20):
        answer = client.get(f"/api/v1/{path}{join}limit=2{after}", headers=BEARER).json
        assert answer is not None
        items += answer["items"]
        if answer["next"] is None:
            return items
        after = f"&after={answer['next']}"
    raise AssertionError("the pages never end")


def test_pages_give_everything_once(client: FlaskClient, store: CentralStore) -> None:
    ids = [raise_alert(store) for _ in range(5)]
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, 6):
        journal.add("ticket.issued", issued(ordinal))
    journal.send(store)
    store.answer_alert(ids[0], AlertAction.ACKNOWLEDGE, "S", {}, NOW_MS)
    store.answer_alert(ids[0], AlertAction.CLOSE, "S", {"reason": "test"}, NOW_MS)
    assert [alert["id"] for alert in collect(client, "alerts", "?")] == sorted(ids, reverse=True)
    assert len(collect(client, "alerts?state=open", "&")) == 4
    numbers = sorted(ticket["number"] for ticket in collect(client, "tickets?site=31.74.05.1001", "&"))
    assert numbers == [f"A-{ordinal:03d}" for ordinal in range(1, 6)]
    events = collect(client, "events", "?")
    assert len(events) == 10
    assert events[-1]["body"]["number"] == "A-005"
    assert [device["id"] for device in collect(client, "devices", "?")] == [DEVICE]


def test_an_event_whose_body_is_no_json_comes_as_base64(client: FlaskClient, store: CentralStore) -> None:
    journal = Journal(Lane.HEALTH)
    journal.add_raw("new.kind", b'{"\xff":1}')
    journal.send(store)
    (event,) = collect(client, "events", "?")
    assert (event["body"], event["body_base64"]) == (None, "eyL/IjoxfQ==")


def test_a_site_tells_its_devices_and_tickets(client: FlaskClient, store: CentralStore) -> None:
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(1))
    journal.send(store)
    store.present(DEVICE, True, "boot-1", 1, NOW_MS)
    site = client.get("/api/v1/sites/31.74.05.1001", headers=BEARER).json
    assert site is not None
    assert (site["tickets"], site["business_day"]) == ({"waiting": 1}, "2025-11-22")
    assert site["last_contact"] == "2025-11-22T07:20:00+07:00"
    assert [device["presence"] for device in site["devices"]] == ["online"]


def test_an_officers_browser_may_use_the_api_with_the_sessions_token(client: FlaskClient, store: CentralStore) -> None:
    address = f"/api/v1/alerts/{raise_alert(store)}/acknowledge"
    csrf = sign_in(client)
    problem(client.post(address, json={}), 403)
    problem(client.post(address, json={}, headers={"X-CSRF-Token": "wrong"}), 403)
    problem(client.post(address, json={"officer": "Someone Else"}, headers={"X-CSRF-Token": csrf}), 400)
    answer = client.post(address, json={}, headers={"X-CSRF-Token": csrf})
    assert answer.json is not None
    assert answer.json["officer"] == OFFICER


def test_health_needs_no_token_and_says_when_a_device_was_heard(client: FlaskClient, store: CentralStore) -> None:
    assert client.get("/healthz").json == {
        "status": "ok",
        "parts": {"database": {"status": "ok"}, "devices": {"status": "ok", "last_contact_age_s": None}},
    }
    store.seen(DEVICE, store.now_ms() - 7_000)
    answer = client.get("/healthz").json
    assert answer is not None
    assert answer["parts"]["devices"]["last_contact_age_s"] == 7


def test_the_document_describes_every_route_and_what_it_answers(client: FlaskClient, store: CentralStore) -> None:
    raise_alert(store)
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    routes = {
        rule.rule.replace("<", "{").replace(">", "}").replace("alert_id", "id").replace("int:", "")
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }
    assert routes - {"/api/v1/openapi.json"} == {path for path in document["paths"] if path.startswith("/api/")}
    for path, name in (("alerts", "Alert"), ("sites", "SiteState"), ("devices", "Device"), ("events", "Event")):
        answer = client.get(f"/api/v1/{path}", headers=BEARER).json
        assert answer is not None
        assert answer["items"]
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for item in answer["items"]:
            jsonschema.validate(item, schema)
