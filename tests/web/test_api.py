"""The JSON API: happy paths, and every bad input answered in words."""

from __future__ import annotations

import re
from http import HTTPStatus

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import ManualClock
from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import advance, raise_alert
from kiosk.store.database import Store
from kiosk.store.print_jobs import counts
from kiosk.web.app import create_app
from kiosk.web.counter.actions import WISHES
from tests.web.site import SignIn


def draw(client: FlaskClient, service: str = "usaha", key: str | None = None) -> dict[str, object]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = client.post("/api/v1/tickets", json={"service": service}, headers=headers)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def test_a_drawn_number_tells_place_wait_code_and_printing(client: FlaskClient) -> None:
    draw(client)
    drawn = draw(client)
    assert set(drawn) == {"id", "number", "service", "position", "wait_min_s", "wait_max_s", "track", "print"}
    assert (drawn["number"], drawn["service"], drawn["position"], drawn["print"]) == ("A-002", "usaha", 2, "queued")
    assert re.fullmatch(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}", str(drawn["track"]))
    assert isinstance(drawn["wait_min_s"], int)
    assert isinstance(drawn["wait_max_s"], int)
    assert 0 <= drawn["wait_min_s"] <= drawn["wait_max_s"]


def test_services_of_one_office_have_series_of_their_own(client: FlaskClient) -> None:
    assert [draw(client, service)["number"] for service in ("usaha", "domisili", "usaha")] == [
        "A-001",
        "B-001",
        "A-002",
    ]


def test_a_retry_with_the_same_key_is_the_same_ticket(client: FlaskClient, store: Store) -> None:
    first, again = draw(client, key="k-1"), draw(client, key="k-1")
    assert first == again
    assert sum(counts(store).values()) == 1


def test_a_kiosk_without_a_printer_promises_no_paper(settings: SiteSettings, store: Store) -> None:
    bare = create_app(msgspec.structs.replace(settings, printer=PrinterSettings()), store).test_client()
    assert draw(bare)["print"] == "none"
    assert counts(store) == {}


def test_a_ticket_is_found_by_id_and_by_code_but_the_code_tells_no_id(client: FlaskClient) -> None:
    drawn = draw(client)
    by_id = client.get(f"/api/v1/tickets/{drawn['id']}").json
    by_code = client.get(f"/api/v1/tracking/{str(drawn['track']).lower().replace('-', ' ')}").json
    assert by_id
    assert by_code
    assert by_id["state"] == by_code["state"] == "waiting"
    assert by_id["issued_at"].endswith("+07:00")
    assert "id" not in by_code
    assert "track" not in by_id


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "words"),
    [
        ('{"service": "paspor"}', {}, 404, "not-found", "paspor"),
        ('{"service": ""}', {}, 400, "bad-input", "service"),
        ('{"service": 7}', {}, 400, "bad-input", "service"),
        ('{"service": "usaha", "nik": "1"}', {}, 400, "bad-input", "nik"),
        ("{}", {}, 400, "bad-input", "service"),
        ("[]", {}, 400, "bad-input", "object"),
        ('{"service": "usaha"', {}, 400, "bad-input", "JSON"),
        (b'{"service": "\xff"}', {}, 400, "bad-input", "JSON"),
        ("", {}, 400, "bad-input", "JSON"),
        ('{"service": "' + "a" * 1_000_000 + '"}', {}, 413, "too-large", "65536"),
        ('{"service": "usaha"}', {"Content-Type": "text/plain"}, 415, "http-415", "JSON"),
        ('{"service": "usaha"}', {"Idempotency-Key": ""}, 400, "bad-input", "Idempotency-Key"),
        ('{"service": "usaha"}', {"Idempotency-Key": "k" * 129}, 400, "bad-input", "128"),
        ('{"service": "domisili"}', {"Idempotency-Key": "taken"}, 409, "conflict", "kunci baru"),
    ],
)
def test_bad_input_is_refused_in_words_and_draws_nothing(
    client: FlaskClient, body: str | bytes, headers: dict[str, str], status: int, code: str, words: str
) -> None:
    draw(client, key="taken")
    answer = client.post("/api/v1/tickets", data=body, headers={"Content-Type": "application/json", **headers})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json
    assert answer.json["type"] == f"urn:kentongan:{code}"
    assert words in answer.json["detail"]
    assert draw(client)["number"] == "A-002"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/tickets", 405),
        ("DELETE", "/api/v1/tickets/1", 405),
        ("GET", "/api/v1/tickets/none", 404),
        ("GET", "/api/v1/tracking/short", 400),
        ("GET", "/api/v1/tracking/K7F-234-QX3", 404),
        ("GET", "/api/v1/services?language=xx", 400),
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/counters/1/next", 401),
        ("POST", "/api/v1/counters/1/dance", 404),
    ],
)
def test_a_wrong_address_or_method_is_answered_as_a_problem(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json
    assert answer.json["detail"]


def test_a_post_that_another_site_started_is_refused(client: FlaskClient) -> None:
    for headers in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/api/v1/tickets", json={"service": "usaha"}, headers=headers).status_code == 403


def test_guessing_codes_is_slowed_down(client: FlaskClient) -> None:
    answers = {client.get("/api/v1/tracking/K7F-234-QX3").status_code for _ in range(60)}
    assert answers == {404, 429}


def test_services_carry_the_six_items_in_the_language_asked_for(client: FlaskClient) -> None:
    found = client.get("/api/v1/services?language=en").json
    assert found
    business = next(one for one in found["services"] if one["id"] == "usaha")
    assert business["name"] == "Business Letter"
    for item in ("requirements", "procedure", "duration_min", "fees", "product", "complaint_channel"):
        assert business[item]


def test_alerts_tell_what_is_proven_in_the_lamps_words_and_keep_the_nonce(client: FlaskClient, store: Store) -> None:
    alert = raise_alert(store, AlertCode.FIRE, "screen")
    advance(store, alert.id, AlertAction.RECEIVE, "mqtt")
    text = client.get("/api/v1/alerts").text
    assert "Terkirim, menunggu petugas" in text
    assert alert.nonce not in text


def test_the_board_shows_calls_newest_first_and_no_names(
    client: FlaskClient, signed_in: SignIn, clock: ManualClock
) -> None:
    for _ in range(3):
        draw(client)
    assert signed_in("Ratna", 1).post("/api/v1/counters/1/next").status_code == 200
    clock.advance(5)
    assert signed_in("Budi", 3).post("/api/v1/counters/3/next").status_code == 200
    answer = client.get("/api/v1/board")
    assert answer.json
    assert [(call["number"], call["counter"]) for call in answer.json["calls"]] == [("A-002", 3), ("A-001", 1)]
    assert answer.json["waiting"] == 1
    assert "Ratna" not in answer.text


def test_the_description_names_exactly_what_is_served(app: Flask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described
    promised = {
        (f"/api/v1{path}", method.upper()) for path, methods in described["paths"].items() for method in methods
    }
    served = {
        (re.sub(r"<(?:any\(.*?\):|\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    actions = WISHES
    act = ("/api/v1/counters/{counter}/{action}", "POST")
    assert act in served
    assert promised == (served - {act}) | {(act[0].replace("{action}", name), "POST") for name in actions}
