"""The officers' inbox: nothing readable without the phrase, each reading and step journalled and told on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.settings import SiteSettings
from kiosk.sealing.office_key import UNREAD_FOR_S, Cost, OfficeKey, make_office_key
from kiosk.store.complaints import recent_complaints
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.requests import recent_requests
from kiosk.web.app import office_of
from tests.web.forms import NAME, NIK, PHONE, code_of, complain, send
from tests.web.test_counter import console

PHRASE = "padi sawah kentongan"
LIST, COMPLAINTS = "/loket/kotak/permohonan/", "/loket/kotak/aduan/"


@pytest.fixture
def settings(settings: SiteSettings) -> SiteSettings:
    make_office_key(settings.office_key, PHRASE, Cost(1, 8_192))
    return settings


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    return console(app)


def csrf(officer: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', officer.get("/loket/konsol").text)
    assert found
    return found[1]


def unlock(officer: FlaskClient, phrase: str = PHRASE) -> str:
    form = {"csrf": csrf(officer), "phrase": phrase}
    return officer.post("/loket/kotak/buka", data=form, follow_redirects=True).text


def request_of(store: Store) -> str:
    return LIST + recent_requests(store)[0].id


def act(officer: FlaskClient, address: str, action: str, note: str = "", seen: str = "") -> str:
    found = re.search(r'name="seen" value="([^"]*)"', officer.get(address).text)
    form = {"csrf": csrf(officer), "seen": seen or (found[1] if found else ""), "note": note}
    return officer.post(f"{address}/{action}", data=form, follow_redirects=True).text


def told(store: Store, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in events(store, Lane.SERVICE, 0, 1_000) if row.kind == kind]


def test_nobody_comes_in_without_signing_in(client: FlaskClient) -> None:
    for path in (LIST, COMPLAINTS, LIST + "x"):
        assert client.get(path).headers["Location"] == "/loket/"
    assert client.post("/loket/kotak/buka", data={"phrase": PHRASE}).headers["Location"] == "/loket/"


def test_a_form_of_another_page_opens_nothing(officer: FlaskClient) -> None:
    assert officer.post("/loket/kotak/buka", data={"phrase": PHRASE, "csrf": "x"}).status_code == 403


def test_what_was_written_is_hidden_until_this_officer_types_the_phrase(
    app: Flask, client: FlaskClient, officer: FlaskClient, store: Store
) -> None:
    send(client)
    secrets = (NIK, "3174 0517 0858 0001", NAME, PHONE)
    for page in (officer.get(LIST).text, officer.get(request_of(store)).text):
        assert "terkunci" in page
        assert not any(secret in page for secret in secrets)
    assert "tidak cocok" in unlock(officer, "kata sandi yang salah")
    unlocked = unlock(officer)
    assert "Data warga terbuka untuk Anda." in unlocked
    assert "S••• R••• W•••" in unlocked  # masked in the list
    assert not any(secret in unlocked for secret in secrets)
    page = officer.get(request_of(store)).text
    assert all(secret in page for secret in secrets[1:])
    other = console(app, "Budi", "2")
    assert NAME not in other.get(request_of(store)).text  # another officer has not typed it
    assert [row["officer"] for row in told(store, "case.read")] == ["Ratna"]
    assert NAME not in str(told(store, "case.read"))


def test_the_key_is_gone_after_signing_out_and_when_nobody_reads(
    app: Flask, client: FlaskClient, officer: FlaskClient, store: Store
) -> None:
    send(client)
    here, now_s = office_of(app), [0.0]
    timed = OfficeKey(here.settings.office_key, lambda: now_s[0])
    object.__setattr__(here, "office_key", timed)
    unlock(officer)
    now_s[0] = UNREAD_FOR_S
    assert NAME not in officer.get(request_of(store)).text
    unlock(officer)
    assert NAME in officer.get(request_of(store)).text
    officer.post("/loket/kotak/kunci", data={"csrf": csrf(officer)})
    assert NAME not in officer.get(request_of(store)).text
    unlock(officer)
    officer.post("/loket/keluar", data={"csrf": csrf(officer)})
    assert timed._key is None


def test_wrong_phrases_are_journalled_and_soon_cost_waiting(officer: FlaskClient, store: Store) -> None:
    form = {"csrf": csrf(officer), "phrase": "salah sekali lagi"}
    answers = [officer.post("/loket/kotak/buka", data=form).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert {row["wish"] for row in told(store, "officer.refused")} >= {"unlock"}


def test_an_officers_step_is_what_tracking_shows(client: FlaskClient, officer: FlaskClient, store: Store) -> None:
    send(client)
    code = code_of(client)
    act(officer, request_of(store), "check")
    assert "Tuliskan dulu" in act(officer, request_of(store), "ask")
    act(officer, request_of(store), "ask", "Bawa KK asli.\u202e\x00")
    client.post("/kiosk/selesai")
    client.post("/kiosk/lacak", data={"code": code})
    page = client.get("/kiosk/lacak/hasil").text
    assert "Belum Lengkap" in page
    assert "Bawa KK asli." in page
    assert "\u202e" not in page
    changed = told(store, "request.changed")
    assert [(row["from"], row["state"], row["by"]) for row in changed] == [
        ("submitted", "checking", "Ratna"),
        ("checking", "incomplete", "Ratna"),
    ]
    assert "KK" not in str(changed)


def test_a_page_that_is_out_of_date_does_nothing(client: FlaskClient, officer: FlaskClient, store: Store) -> None:
    send(client)
    act(officer, request_of(store), "check")
    assert "tidak ada yang dilakukan" in act(officer, request_of(store), "cancel", "Ganda.", seen="submitted")
    assert "Langkah itu tidak ada" in act(officer, request_of(store), "collect")
    assert recent_requests(store)[0].state == "checking"


def test_a_complaint_is_answered_in_time_and_its_reporter_reads_it(
    client: FlaskClient, officer: FlaskClient, store: Store, clock: ManualClock
) -> None:
    code = complain(client, "aduan", identitas="tanpa-nama")
    address = COMPLAINTS + recent_complaints(store)[0].id
    clock.advance(20 * 3_600)
    page = officer.get(COMPLAINTS).text
    assert "sisa 4 jam" in page
    assert "tanpa nama" in page
    clock.advance(5 * 3_600)
    assert "lewat 1 jam" in officer.get(COMPLAINTS).text
    assert "1 aduan lewat janji" in officer.get("/loket/konsol").text
    act(officer, address, "answer", "Lampu sudah diganti.")
    assert "dijawab terlambat" in officer.get(COMPLAINTS).text
    client.post("/kiosk/lacak", data={"code": code})
    assert "Lampu sudah diganti." in client.get("/kiosk/lacak/hasil").text
    act(officer, address, "close")
    assert "Tidak ada yang menunggu." in officer.get(COMPLAINTS).text
    assert "Selesai" in officer.get(COMPLAINTS + "?selesai=ya").text


def test_a_case_is_found_by_the_code_on_its_receipt(client: FlaskClient, officer: FlaskClient, store: Store) -> None:
    send(client)
    form = {"csrf": csrf(officer), "code": f"http://127.0.0.1:8002/lacak/{code_of(client)}"}
    assert officer.post("/loket/kotak/cari", data=form).headers["Location"] == request_of(store)
    wrong = officer.post("/loket/kotak/cari", data={**form, "code": "K7F-234-QX3"}, follow_redirects=True)
    assert "belum dikenal" in wrong.text


def test_what_was_sealed_before_the_office_had_a_key_and_what_was_erased_say_so(
    client: FlaskClient, officer: FlaskClient, store: Store, settings: SiteSettings
) -> None:
    settings.office_key.rename(settings.office_key.with_suffix(".later"))
    send(client)
    settings.office_key.with_suffix(".later").rename(settings.office_key)
    unlock(officer)
    assert "hanya pusat yang dapat membacanya" in officer.get(request_of(store)).text
    with store.write():
        store.run("UPDATE request SET sealed = NULL")
    assert "masa simpannya lewat" in officer.get(request_of(store)).text


def test_markup_in_an_answer_or_a_message_is_text(client: FlaskClient, officer: FlaskClient, store: Store) -> None:
    complain(client, "aduan", isi="<script>alert(1)</script>", identitas="tanpa-nama")
    address = COMPLAINTS + recent_complaints(store)[0].id
    unlock(officer)
    page = act(officer, address, "answer", "<b>x</b>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;x" in page
