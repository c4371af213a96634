"""The resident's screen without a browser: two touches to a number, no person in an address, the alarm's truth."""

from __future__ import annotations

import re

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.alarm_words import shown
from kiosk.core.alert import AlertAction, AlertCode, AlertState
from kiosk.core.clock import ManualClock
from kiosk.core.print_job import PrintAction
from kiosk.store.alerts import advance, find, open_alerts, raise_alert
from kiosk.store.database import Store
from kiosk.store.print_jobs import PrintJobs
from kiosk.store.tickets import of_day, today
from kiosk.web.app import create_app, office_of

SERVICE = "/kiosk/layanan/usaha-dan-penghasilan/usaha"


def form_of(client: FlaskClient, path: str = SERVICE) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|service)" value="([^"]*)"', client.get(path).text))


def take_number(client: FlaskClient) -> str:
    answer = client.post("/kiosk/nomor", data=form_of(client))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/tiket")
    return client.get("/kiosk/tiket").text


def alert_of(store: Store) -> str:
    [alert] = open_alerts(store)
    return alert.id


def test_the_start_offers_only_what_works(client: FlaskClient) -> None:
    page = client.get("/kiosk/").text
    for link in re.findall(r'href="(/kiosk/[^"]*)"', page):
        with client.get(link) as answer:
            assert answer.status_code in (200, 303), link
    assert "Darurat" in page


def test_every_group_and_service_can_be_reached_and_shows_its_six_items(app: Flask, client: FlaskClient) -> None:
    catalogue = office_of(app).catalogue
    for group in catalogue.groups:
        assert f'href="/kiosk/layanan/{group.id}/"' in client.get("/kiosk/layanan/").text
        for id_ in group.services:
            service, page = catalogue.service(id_), client.get(f"/kiosk/layanan/{group.id}/{id_}").text
            for words in (*service.requirements, *service.procedure, service.product, service.complaint_channel):
                assert words.id.split("&")[0] in page
            assert f"{service.duration_min} menit di loket" in page
            assert page.index("Biaya resmi") < page.index("Ambil nomor</button>")


def test_two_touches_give_a_number_with_a_code_and_a_qr(client: FlaskClient) -> None:
    page = take_number(client)
    assert re.search(r'class="number">A-001<', page)
    assert re.search(r'class="code">[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}<', page)
    assert '<svg role="img" aria-label="Kode QR' in page
    assert "Tidak ada di depan Anda" in page


def test_a_double_tap_draws_one_ticket(client: FlaskClient, store: Store) -> None:
    form = form_of(client)
    for _ in range(2):
        assert client.post("/kiosk/nomor", data=form).status_code == 303
    assert len(of_day(store, today(store) or "")) == 1


def test_two_residents_in_a_row_get_two_tickets(client: FlaskClient, store: Store) -> None:
    take_number(client)
    client.post("/kiosk/selesai")
    assert "A-002" in take_number(client)


def test_the_code_is_in_no_address_and_no_cookie_and_gone_after_the_visit(client: FlaskClient) -> None:
    answer = client.post("/kiosk/nomor", data=form_of(client))
    cookie = answer.headers["Set-Cookie"]
    page = client.get("/kiosk/tiket")
    found = re.search(r'class="code">([^<]+)<', page.text)
    assert found
    assert found[1] not in answer.headers["Location"] + cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Expires" not in cookie
    assert page.headers["Cache-Control"] == "no-store"
    client.post("/kiosk/selesai")
    gone = client.get("/kiosk/tiket")
    assert (gone.status_code, gone.headers["Location"]) == (303, "/kiosk/")


def test_a_forged_visit_is_nobody(client: FlaskClient) -> None:
    client.set_cookie("kentongan_layar", "eyJrZXkiOiJ4In0.forged.forged", path="/kiosk/")
    assert client.get("/kiosk/tiket").status_code == 303


def test_the_ticket_page_comes_back_after_a_restart(app: Flask, client: FlaskClient, store: Store) -> None:
    take_number(client)
    cookie = client.get_cookie("kentongan_layar", path="/kiosk/")
    assert cookie
    again = create_app(office_of(app).settings, store).test_client()
    again.set_cookie("kentongan_layar", cookie.value, path="/kiosk/")
    assert "A-001" in again.get("/kiosk/tiket").text


def test_the_page_tells_what_became_of_the_paper(client: FlaskClient, store: Store) -> None:
    take_number(client)
    assert "Menunggu printer." in client.get("/kiosk/tiket/keadaan").text
    row = store.one("SELECT id FROM print_job")
    assert row
    jobs = PrintJobs(store)
    jobs.take(row[0], PrintAction.START)
    assert "Sedang dicetak" in client.get("/kiosk/tiket/keadaan").text
    jobs.take(row[0], PrintAction.BROKEN, "terputus")
    assert "Periksa apakah tiket keluar" in client.get("/kiosk/tiket").text


def test_a_number_is_found_by_its_code_however_it_is_typed_or_scanned(client: FlaskClient) -> None:
    code = re.search(r'class="code">([^<]+)<', take_number(client))
    assert code
    for typed in (code[1], code[1].lower().replace("-", ""), f"http://127.0.0.1:8002/lacak/{code[1]}"):
        client.post("/kiosk/selesai")
        answer = client.post("/kiosk/lacak", data={"code": typed})
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/kiosk/lacak/hasil")
        assert "A-001" in client.get("/kiosk/lacak/hasil").text


@pytest.mark.parametrize("typed", ["", "K7F", "K7F-234-QX3", "x" * 5000])
def test_a_code_that_leads_nowhere_is_told_once_in_words_and_kept_in_the_field(client: FlaskClient, typed: str) -> None:
    answer = client.post("/kiosk/lacak", data={"code": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/lacak")
    page = client.get("/kiosk/lacak").text
    assert 'id="code-error" role="alert"' in page
    assert f'value="{typed[:20]}"' in page
    assert 'id="code-error"' not in client.get("/kiosk/lacak").text


def test_a_form_without_its_key_or_with_an_unknown_service_draws_nothing(client: FlaskClient, store: Store) -> None:
    assert client.post("/kiosk/nomor", data={"service": "usaha"}).status_code == 400
    assert client.post("/kiosk/nomor", data={"service": "paspor", "key": "k"}).status_code == 404
    assert today(store) is None


def test_the_screen_speaks_english_until_the_visit_ends(client: FlaskClient) -> None:
    client.post("/kiosk/tampilan", data={"language": "en", "back": SERVICE})
    assert "What to bring" in client.get(SERVICE).text
    client.post("/kiosk/selesai")
    assert "Yang perlu dibawa" in client.get(SERVICE).text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/kiosk//x", "/kiosk/\\x", "/loket/"]
)
def test_appearance_never_leads_off_the_screen(client: FlaskClient, back: str) -> None:
    answer = client.post("/kiosk/tampilan", data={"language": "xx", "back": back})
    assert answer.headers["Location"] == "/kiosk/"


def test_no_page_carries_inline_script_or_style(app: Flask, client: FlaskClient, store: Store) -> None:
    take_number(client)
    raise_alert(store, AlertCode.FIRE, "screen")
    pages = [
        "/kiosk/tiket",
        SERVICE,
        "/kiosk/lacak",
        "/kiosk/darurat/",
        "/kiosk/darurat/panggilan",
        "/papan/",
        "/loket/",
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text), path


def test_an_alert_takes_two_touches_and_a_wrong_form_raises_none(client: FlaskClient, store: Store) -> None:
    assert open_alerts(store) == []
    assert client.get("/kiosk/darurat/").status_code == 200
    for wrong in ("", "panic", "earthquake"):
        assert client.post("/kiosk/darurat/", data={"code": wrong}).status_code == 400
    assert open_alerts(store) == []
    answer = client.post("/kiosk/darurat/", data={"code": "medical"})
    assert answer.headers["Location"] == "/kiosk/darurat/panggilan"
    [alert] = open_alerts(store)
    assert (alert.code, alert.source) == (AlertCode.MEDICAL, "screen")


STEPS = [
    ((), "Mengirim…", "sending"),
    ((AlertAction.HAND,), "Mengirim…", "sending"),
    ((AlertAction.CARRY,), "Terkirim, menunggu petugas", "sent"),
    ((AlertAction.RECEIVE,), "Terkirim, menunggu petugas", "sent"),
    ((AlertAction.TIME_OUT,), "BELUM ADA YANG MENJAWAB — hubungi 110", "unanswered"),
    ((AlertAction.ACKNOWLEDGE,), "Diterima oleh Bripka Sari, pukul", "answered"),
    ((AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH), "Petugas menuju lokasi", "answered"),
]


@pytest.mark.parametrize(("actions", "words", "look"), STEPS)
def test_the_full_page_and_the_banner_say_what_the_lamp_says(
    client: FlaskClient, store: Store, actions: tuple[AlertAction, ...], words: str, look: str
) -> None:
    alert = raise_alert(store, AlertCode.CRIME, "screen")
    for action in actions:
        alert = advance(store, alert.id, action, "posko", officer="Bripka Sari")
    lamp = shown(alert, store.now().wall_ms, 7).lamp
    full = client.get("/kiosk/darurat/panggilan").text
    banner = client.get("/kiosk/bantuan").text
    for page in (full, banner):
        assert words in page
        assert f'data-lamp="{lamp}"' in page
        assert f'data-stage="{look}"' in page
    told = client.get("/kiosk/alarm").json
    assert told
    assert words in told["full"]
    assert words in told["banner"]
    assert told["pending"] is not alert.is_answered


def test_the_most_urgent_of_several_alerts_is_shown(client: FlaskClient, store: Store) -> None:
    first = raise_alert(store, AlertCode.FIRE, "panic")
    advance(store, first.id, AlertAction.TIME_OUT, "clock")
    raise_alert(store, AlertCode.MEDICAL, "screen")
    assert "BELUM ADA YANG MENJAWAB" in client.get("/kiosk/darurat/panggilan").text


def test_a_pending_alert_holds_the_start_until_the_person_moves_on(client: FlaskClient, store: Store) -> None:
    raise_alert(store, AlertCode.PANIC, "panic")
    assert client.get("/kiosk/").headers["Location"] == "/kiosk/darurat/panggilan"
    client.post("/kiosk/darurat/lanjut", data={"to": "home"})
    page = client.get("/kiosk/")
    assert page.status_code == 200
    assert "Mengirim…" in page.text


def test_cancelling_tells_the_post_and_leaves_the_alert_open(client: FlaskClient, store: Store) -> None:
    client.post("/kiosk/darurat/", data={"code": "fire"})
    alert_id = alert_of(store)
    assert alert_id in client.get("/kiosk/darurat/batal").text
    client.post("/kiosk/darurat/batal", data={"alert": alert_id})
    assert find(store, alert_id).state is AlertState.CANCEL_REQUESTED
    page = client.get("/kiosk/darurat/panggilan").text
    assert re.search(r"data-cancel hidden", page)


def test_the_end_of_an_alert_is_shown_for_half_a_minute(client: FlaskClient, store: Store, clock: ManualClock) -> None:
    alert = raise_alert(store, AlertCode.FIRE, "screen")
    advance(store, alert.id, AlertAction.CLOSE, "posko", officer="Sari")
    assert "Panggilan selesai ditangani" in client.get("/kiosk/darurat/panggilan").text
    clock.advance(31)
    assert client.get("/kiosk/darurat/panggilan").headers["Location"] == "/kiosk/"


def test_words_of_a_page_in_english_leave_the_lamps_words_as_they_are(client: FlaskClient, store: Store) -> None:
    raise_alert(store, AlertCode.FIRE, "screen")
    client.post("/kiosk/tampilan", data={"language": "en"})
    page = client.get("/kiosk/darurat/panggilan").text
    assert "Mengirim…" in page
    assert "The call is stored on this machine" in page


def test_an_unknown_address_is_a_page_with_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/kiosk/entah", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert 'href="/kiosk/darurat/"' in answer.text
    assert 'href="/kiosk/"' in answer.text


def test_settings_decide_when_the_screen_is_wiped(app: Flask, store: Store) -> None:
    settings = office_of(app).settings
    changed = msgspec.structs.replace(settings, kiosk=msgspec.structs.replace(settings.kiosk, idle_warning_s=12.0))
    page = create_app(changed, store).test_client().get("/kiosk/bantuan").text
    assert 'data-idle-warning-s="12.0" data-idle-wipe-s="30.0"' in page
