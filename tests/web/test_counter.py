"""The officer's counter: sign-in and lock, stale pages, double clicks, two officers at once."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.alert import AlertCode
from kiosk.core.clock import ManualClock
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import raise_alert
from kiosk.store.database import Store
from kiosk.store.tickets import issue
from kiosk.web.app import create_app, office_of
from tests.web.site import PIN, SignIn


def waiting(store: Store, count: int) -> None:
    for _ in range(count):
        issue(store, "usaha", "A", 7, None, None)


def console(app: Flask, officer: str = "Ratna", counter: str = "1") -> FlaskClient:
    client = app.test_client()
    answer = client.post("/loket/", data={"officer": officer, "pin": PIN, "counter": counter})
    assert answer.headers["Location"] == "/loket/konsol"
    return client


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf|seen)" value="([^"]*)"', page))


def press(client: FlaskClient, wish: str, form: dict[str, str] | None = None) -> str:
    form = form_of(client.get("/loket/konsol").text) if form is None else form
    assert client.post(f"/loket/konsol/{wish}", data=form).status_code == 303
    return client.get("/loket/konsol").text


def test_a_visit_from_call_to_finish(app: Flask, store: Store, clock: ManualClock) -> None:
    waiting(store, 2)
    client = console(app)
    assert "A-001" in press(client, "next")
    assert "Dipanggil 2 kali" in press(client, "recall")
    assert "Sedang dilayani" in press(client, "start")
    clock.advance(300)
    page = press(client, "finish")
    assert "Belum ada nomor di loket ini" in page
    assert re.search(r"Dilayani hari ini</dt><dd class=\"number\">1<", page)
    assert "5 mnt" in page


def test_a_missing_person_is_marked_absent_after_three_recalls(app: Flask, store: Store) -> None:
    waiting(store, 1)
    client = console(app)
    press(client, "next")
    for _ in range(3):
        page = press(client, "recall")
    assert re.search(r'data-hotkey="u" disabled', page)
    assert "sudah dipanggil 4 kali" in press(client, "recall")
    assert re.search(r"Tidak hadir</dt><dd class=\"number\">1<", press(client, "no-show"))


def test_a_double_click_calls_one_number(app: Flask, store: Store) -> None:
    waiting(store, 3)
    client = console(app)
    form = form_of(client.get("/loket/konsol").text)
    for _ in range(2):
        page = press(client, "next", form)
    assert "A-001" in page
    assert 'Menunggu <span class="count">2' in page


def test_a_page_that_is_out_of_date_changes_nothing(app: Flask, store: Store) -> None:
    waiting(store, 3)
    client = console(app)
    press(client, "next")
    old = form_of(client.get("/loket/konsol").text)
    press(client, "finish")
    press(client, "next")
    page = press(client, "finish", old)
    assert "Keadaan sudah berubah" in page
    assert "A-002" in page


def test_nobody_is_called_while_somebody_is_at_the_counter(app: Flask, store: Store) -> None:
    waiting(store, 2)
    client = console(app)
    press(client, "next")
    assert "Nomor A-001 masih di loket 1" in press(client, "next")


def test_an_empty_hall_is_told_in_words(app: Flask) -> None:
    assert "Tidak ada yang menunggu." in press(console(app), "next")


def test_two_officers_at_once_call_two_different_numbers(signed_in: SignIn, store: Store) -> None:
    waiting(store, 40)
    clients = [(signed_in("Ratna", 1), 1), (signed_in("Budi", 3), 3)]
    for _ in range(20):
        start = threading.Barrier(2)

        def call(client: FlaskClient, counter: int, start: threading.Barrier = start) -> str:
            start.wait(5)
            answer = client.post(f"/api/v1/counters/{counter}/next")
            assert answer.status_code == HTTPStatus.OK, answer.text
            assert client.post(f"/api/v1/counters/{counter}/finish").status_code == HTTPStatus.OK
            assert answer.json
            return str(answer.json["number"])

        with ThreadPoolExecutor(2) as officers:
            numbers = {one.result() for one in [officers.submit(call, *client) for client in clients]}
        assert len(numbers) == 2


def test_a_wrong_pin_is_told_and_five_lock_the_officer(app: Flask, clock: ManualClock) -> None:
    client = app.test_client()

    def attempt(pin: str) -> str:
        return client.post("/loket/", data={"officer": "Ratna", "pin": pin, "counter": "1"}).text

    for _ in range(5):
        assert "Nama atau PIN tidak cocok" in attempt("0000")
    assert "Terkirim" not in attempt(PIN)
    assert "Terkunci" in attempt(PIN)
    clock.advance(301)
    assert client.post("/loket/", data={"officer": "Ratna", "pin": PIN, "counter": "1"}).status_code == 303


def test_an_unknown_officer_is_answered_like_a_wrong_pin(app: Flask) -> None:
    answer = app.test_client().post("/loket/", data={"officer": "Nobody", "pin": PIN, "counter": "1"})
    assert answer.status_code == 403
    assert "Nama atau PIN tidak cocok" in answer.text


@pytest.mark.parametrize("counter", ["0", "4", "x", "", "²"])
def test_a_counter_that_does_not_exist_is_refused(app: Flask, counter: str) -> None:
    assert (
        app.test_client().post("/loket/", data={"officer": "Ratna", "pin": PIN, "counter": counter}).status_code == 400
    )


def test_actions_need_a_session_its_token_and_its_counter(app: Flask, signed_in: SignIn, store: Store) -> None:
    waiting(store, 1)
    nobody = app.test_client()
    assert nobody.post("/api/v1/counters/1/next").status_code == 401
    assert nobody.post("/loket/konsol/next").headers["Location"] == "/loket/"
    assert nobody.get("/loket/konsol").headers["Location"] == "/loket/"
    assert nobody.get("/loket/konsol/events").status_code == 401
    client = signed_in("Ratna", 1)
    assert client.post("/api/v1/counters/2/next").status_code == 403
    client.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert client.post("/api/v1/counters/1/next").status_code == 403
    assert client.post("/loket/konsol/next", data={"csrf": "wrong", "seen": ""}).status_code == 403


def test_a_program_that_saw_another_ticket_is_refused(signed_in: SignIn, store: Store) -> None:
    waiting(store, 2)
    client = signed_in()
    assert client.post("/api/v1/counters/1/next", json={"ticket": ""}).status_code == 200
    assert client.post("/api/v1/counters/1/next", json={"ticket": ""}).status_code == 409
    assert client.post("/api/v1/counters/1/start", json={"ticket": "another"}).status_code == 409
    assert client.post("/api/v1/counters/1/start").status_code == 200
    assert client.post("/api/v1/counters/1/recall").status_code == 409
    assert client.post("/api/v1/counters/1/no-show", data="{", content_type="application/json").status_code == 400


def test_the_cookie_is_closed_to_scripts_and_other_sites_and_the_secret_to_other_users(app: Flask) -> None:
    answer = app.test_client().post("/loket/", data={"officer": "Ratna", "pin": PIN, "counter": "1"})
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    secret = office_of(app).settings.data_dir / "web.secret"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_signing_out_ends_the_session(app: Flask) -> None:
    client = console(app)
    client.post("/loket/keluar", data=form_of(client.get("/loket/konsol").text))
    assert client.get("/loket/konsol").headers["Location"] == "/loket/"


def test_the_desk_shows_an_open_alert(app: Flask, store: Store) -> None:
    client = console(app)
    raise_alert(store, AlertCode.FIRE, "panic")
    assert "Mengirim…" in client.get("/loket/konsol").text


def test_where_https_is_served_no_pin_comes_in_the_clear_from_another_machine(
    settings: SiteSettings, store: Store
) -> None:
    safe = msgspec.structs.replace(settings, kiosk=msgspec.structs.replace(settings.kiosk, tls_port=8443))
    client = create_app(safe, store).test_client()
    away = {"REMOTE_ADDR": "192.168.1.30"}
    asked = client.get("/loket/", base_url="http://kios.lan:8000", environ_overrides=away)
    assert asked.headers["Location"] == "https://kios.lan:8443/loket/"
    form = {"officer": "Ratna", "pin": PIN, "counter": "1"}
    assert client.post("/loket/", data=form, environ_overrides=away).status_code == 403
    assert client.post("/api/v1/sign-in", json={**form, "counter": 1}, environ_overrides=away).status_code == 403
    assert client.post("/loket/", data=form).status_code == 303
