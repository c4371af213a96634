"""The post's console over HTTP: who comes in, what it shows, what a form does, and the stream."""

from __future__ import annotations

import html
import re

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.access import Doorkeeper
from sync.central.store import CentralStore
from tests.central.stories import NOW_MS, Journal, issued, raise_alert, raised
from tests.central.web import OFFICER, PASSWORD, csrf_of, make_app, sign_in


@pytest.fixture
def app(store: CentralStore) -> Flask:
    return make_app(store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_stranger_is_sent_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/posko/")
    assert (answer.status_code, answer.location) == (303, "/posko/masuk")
    assert client.get("/posko/events").status_code == 401
    assert client.get("/posko/keadaan").status_code == 401


def test_an_officer_signs_in_and_out(client: FlaskClient) -> None:
    csrf = sign_in(client)
    assert f"Jaga: {OFFICER}" in client.get("/posko/").text
    assert client.get("/posko/masuk").status_code == 303
    assert client.post("/posko/keluar").status_code == 403
    assert client.post("/posko/keluar", data={"csrf": csrf}).status_code == 303
    assert client.get("/posko/").status_code == 303


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(store: CentralStore) -> None:
    for url, is_secure in (("http://127.0.0.1:8090", False), ("https://pusat.example.go.id", True)):
        client = make_app(store, public_url=url).test_client()
        cookie = client.post("/posko/masuk", data={"name": OFFICER, "password": PASSWORD}).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert ("Secure" in cookie) is is_secure


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(client: FlaskClient) -> None:
    said = set()
    for name, password in ((OFFICER, "wrong password"), ("Nobody", PASSWORD), ("", "")):
        answer = client.post("/posko/masuk", data={"name": name, "password": password})
        assert answer.status_code == 403
        said |= set(re.findall(r'role="alert">.*?<span>(.*?)</span>', answer.text, re.DOTALL))
    assert said == {"Nama atau kata sandi tidak cocok. Periksa keduanya lalu coba lagi."}


def test_five_wrong_tries_lock_the_name_for_five_minutes(client: FlaskClient, clock: ManualClock) -> None:
    for _ in range(5):
        client.post("/posko/masuk", data={"name": OFFICER, "password": "wrong password"})
    right = {"name": OFFICER, "password": PASSWORD}
    answer = client.post("/posko/masuk", data=right)
    assert (answer.status_code, "Terlalu banyak percobaan" in answer.text) == (403, True)
    clock.advance(5 * 60 + 1)
    assert client.post("/posko/masuk", data=right).status_code == 303


def test_an_address_that_tries_too_often_must_wait(client: FlaskClient) -> None:
    answers = [client.post("/posko/masuk", data={"name": "Nobody", "password": ""}) for _ in range(21)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_session_ends_with_the_shift(client: FlaskClient, clock: ManualClock) -> None:
    sign_in(client)
    clock.advance(12 * 3600 + 1)
    assert client.get("/posko/").status_code == 303


def test_the_page_shows_alerts_tickets_and_sites(client: FlaskClient, store: CentralStore) -> None:
    sign_in(client)
    assert "Tidak ada panggilan terbuka" in client.get("/posko/").text
    raise_alert(store, "fire")
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(17))
    journal.send(store)
    page = client.get("/posko/").text
    for words in ("Kebakaran", "Kelurahan Melawai", "Jl. Wijaya IX No. 12", "Belum dijawab", "A-017", "Contact ID 110"):
        assert words in page


def test_what_a_device_sends_is_never_markup(client: FlaskClient, store: CentralStore) -> None:
    sign_in(client)
    raise_alert(store, "<script>alert(1)</script>")
    page = client.get("/posko/").text
    assert "<script>alert" not in page
    assert html.escape("<script>alert(1)</script>") in page


def test_pages_carry_no_inline_script_or_style_and_a_strict_policy(client: FlaskClient, store: CentralStore) -> None:
    raise_alert(store)
    sign_in(client)
    for path in ("/posko/", "/posko/masuk", "/lacak/", "/lacak/K7F-234-QX3", "/nothing"):
        answer = client.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", answer.text)


def test_only_a_named_page_may_frame_the_console(store: CentralStore) -> None:
    answer = make_app(store, frame_ancestors=("http://127.0.0.1:8080",)).test_client().get("/lacak/")
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'self' http://127.0.0.1:8080")


def test_the_forms_carry_an_alert_to_its_end(client: FlaskClient, store: CentralStore) -> None:
    alert_id, csrf = raise_alert(store), sign_in(client)
    forms = {
        "acknowledge": {},
        "dispatch": {"unit": "Patroli 3", "minutes": "7"},
        "arrive": {},
        "close": {"reason": "false"},
    }
    for action, form in forms.items():
        answer = client.post(f"/posko/panggilan/{alert_id}/{action}", data={"csrf": csrf, **form})
        assert (answer.status_code, answer.location) == (303, f"/posko/?pilih={alert_id}")
    alert = store.alert(alert_id)
    assert (alert.officer, alert.unit, alert.close_reason) == (OFFICER, "Patroli 3", "false")
    assert "Palsu" in client.get(f"/posko/?pilih={alert_id}").text


def test_a_form_without_the_sessions_token_changes_nothing(client: FlaskClient, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    sign_in(client)
    for form in ({}, {"csrf": "wrong"}):
        assert client.post(f"/posko/panggilan/{alert_id}/acknowledge", data=form).status_code == 403
    assert store.alert(alert_id).acknowledged_ms is None


@pytest.mark.parametrize(
    ("action", "form", "words"),
    [
        ("dispatch", {"unit": "", "minutes": "7"}, "Isi unit"),
        ("dispatch", {"unit": "P", "minutes": "segera"}, "angka menit"),
        ("dispatch", {"unit": "P", "minutes": "٣"}, "angka menit"),
        ("close", {}, "Pilih alasan"),
        ("close", {"reason": "bored"}, "tidak dapat diterima"),
        ("cancel", {}, "bukan tindakan posko"),
        ("explode", {}, "bukan tindakan posko"),
    ],
)
def test_a_form_filled_wrongly_is_told_in_words(
    client: FlaskClient, store: CentralStore, action: str, form: dict[str, str], words: str
) -> None:
    alert_id, csrf = raise_alert(store), sign_in(client)
    store.answer_alert(alert_id, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    headers = {"Accept": "application/json", "X-CSRF-Token": csrf}
    answer = client.post(f"/posko/panggilan/{alert_id}/{action}", data=form, headers=headers)
    assert answer.status_code == 400
    assert answer.json is not None
    assert words in answer.json["detail"]


def test_the_second_officer_is_told_who_was_first(app: Flask, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    first, second = app.test_client(), app.test_client()
    store.put_officer("Aiptu Rahmat", "Posko", store.officer(OFFICER).password_hash)  # type: ignore[union-attr]
    first.post(f"/posko/panggilan/{alert_id}/acknowledge", data={"csrf": sign_in(first)})
    csrf = sign_in(second, "Aiptu Rahmat")
    answer = second.post(
        f"/posko/panggilan/{alert_id}/acknowledge", headers={"Accept": "application/json", "X-CSRF-Token": csrf}
    )
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["detail"] == f"panggilan ini sudah diterima oleh {OFFICER} pukul 07.20.00"


def test_the_stream_sends_the_living_parts_and_again_when_something_changes(app: Flask, store: CentralStore) -> None:
    client = app.test_client()
    sign_in(client)
    answer = client.get("/posko/events", buffered=False)
    assert answer.content_type.startswith("text/event-stream")
    frames = (chunk.decode() for chunk in answer.response)  # type: ignore[union-attr]
    assert next(frames).startswith("retry:")
    first = msgspec.json.decode(next(frames).removeprefix("data: "))
    assert (first["unanswered"], first["ringing"]) == (0, [])
    alert_id = raise_alert(store)
    second = msgspec.json.decode(next(chunk for chunk in frames if chunk.startswith("data: ")).removeprefix("data: "))
    assert (second["unanswered"], second["ringing"]) == (1, [alert_id])
    assert "Belum dijawab" in second["parts"]["alerts"]
    assert set(second["parts"]) == {"alerts", "details", "side", "faults"}
    answer.close()


def test_a_browser_without_a_place_in_the_stream_may_ask(client: FlaskClient, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    sign_in(client)
    answer = client.get("/posko/keadaan").json
    assert answer is not None
    assert answer["ringing"] == [alert_id]


def test_more_consoles_than_places_get_503_and_when_to_come_again(store: CentralStore) -> None:
    client = make_app(store, threads=8).test_client()
    sign_in(client)
    held = [client.get("/posko/events", buffered=False) for _ in range(4)]
    full = client.get("/posko/events")
    assert (full.status_code, full.headers["Retry-After"]) == (503, "3")
    held[0].close()
    again = client.get("/posko/events", buffered=False)
    assert again.status_code == 200
    for answer in (*held[1:], again):
        answer.close()


def test_kept_faults_are_shown_to_the_post(client: FlaskClient, store: CentralStore) -> None:
    sign_in(client)
    assert "janggal" not in client.get("/posko/").text
    store.quarantine(None, "kt/1/00/x/batch", "no JSON", b"x", NOW_MS)
    assert "1 kiriman janggal" in client.get("/posko/").text


def test_the_shared_look_is_served_without_its_python(client: FlaskClient) -> None:
    with client.get("/design/tokens.css") as answer:
        assert answer.status_code == 200
    assert client.get("/design/__init__.py").status_code == 404
    assert client.get("/design/../errors.py").status_code == 404


def test_a_route_without_a_policy_stops_the_start(app: Flask, store: CentralStore) -> None:
    app = Flask("bare")
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match="routes without a policy: open"):
        Doorkeeper(store).guard(app)


def test_a_csrf_token_belongs_to_one_session(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    assert sign_in(first) != sign_in(second)
    assert csrf_of(first) == csrf_of(first)


def test_the_time_of_a_press_says_how_it_is_known(client: FlaskClient, store: CentralStore) -> None:
    alarm, health = Journal(Lane.ALARM), Journal(Lane.HEALTH)
    alarm.add("alert.raised", raised(uuid7()), synchronised=False)
    alarm.send(store)
    sign_in(client)
    assert "perkiraan: jam kiosk belum benar" in client.get("/posko/").text
    health.add("heartbeat", {})
    health.send(store)
    assert "dikoreksi: jam kiosk saat itu belum benar" in client.get("/posko/").text


def test_a_silent_alert_is_marked_and_promises_nothing_at_the_site(client: FlaskClient, store: CentralStore) -> None:
    sign_in(client)
    raise_alert(store, "silent")
    page = client.get("/posko/").text
    assert page.count("Senyap: jangan menelepon ke lokasi") == 2
    assert "Jangan dihubungi:" in page
    assert "Lampu tombol menjadi hijau" not in page


def test_each_step_is_shown_with_its_way_and_its_reply_folded_away(client: FlaskClient, store: CentralStore) -> None:
    sign_in(client)
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id))
    told = {"id": alert_id, "state": "acknowledged", "evidence": 5, "path": "sms/rw-2", "level": 5}
    journal.add("alert.evidence", {**told, "raw": "OK <3F9A2C> 081210005000", "officer": "Ibu Ratna"})
    journal.send(store)
    page = client.get("/posko/").text
    assert "Dijawab Ibu Ratna lewat SMS" in page
    assert "<summary>balasan asli</summary><code>OK &lt;3F9A2C&gt; 0812…000</code>" in page
    assert "081210005000" not in page
    assert f'action="/posko/panggilan/{alert_id}/dispatch"' in page
