"""Supervisors: the hall at a glance, the day, accounts and reports; and who is kept out of them, in words and rows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.officers import add_officer, find_officer
from kiosk.store.report import day_report
from kiosk.store.tickets import today
from tests.web.site import PIN, SignIn
from tests.web.test_counter import console, form_of, press, waiting


@pytest.fixture
def leader(app: Flask, store: Store) -> FlaskClient:
    add_officer(store, "Wulan", PIN, "supervisor")
    return console(app, "Wulan", "3")


def csrf(client: FlaskClient) -> str:
    return form_of(client.get("/loket/konsol").text)["csrf"]


def refusals(store: Store) -> list[dict[str, Any]]:
    rows = [event for event in events(store, Lane.SERVICE, 0, 1000) if event.kind == "officer.refused"]
    return [json.loads(row.body) for row in rows]


def state(store: Store) -> list[tuple[Any, ...]]:
    return store.all("SELECT id, state, counter, calls, priority, service FROM ticket ORDER BY id")


def test_the_hall_at_a_glance_shows_counters_queues_and_the_day(app: Flask, leader: FlaskClient, store: Store) -> None:
    waiting(store, 3)
    press(console(app), "next")
    page = leader.get("/loket/pengawas").text
    for words in ("Ratna", "A-001", "Surat Keterangan Usaha", "buka", "Tutup hari"):
        assert words in page


def test_a_supervisor_closes_and_reopens_the_day_and_residents_are_told(
    leader: FlaskClient, client: FlaskClient, store: Store
) -> None:
    waiting(store, 2)
    form = {"csrf": csrf(leader), "reason": "jam tutup"}
    leader.post("/loket/pengawas/hari/tutup", data=form)
    assert "2 nomor diakhiri" in leader.get("/loket/pengawas").text
    refused = client.post("/api/v1/tickets", json={"service": "usaha"})
    assert (refused.status_code, refused.json and refused.json["type"]) == (409, "urn:kentongan:day-closed")
    leader.post("/loket/pengawas/hari/buka-lagi", data=form)
    assert client.post("/api/v1/tickets", json={"service": "usaha"}).status_code == 201
    assert (
        "Tuliskan alasan"
        in leader.post("/loket/pengawas/hari/tutup", data={"csrf": form["csrf"]}, follow_redirects=True).text
    )


def test_accounts_are_made_and_closed_and_a_closed_one_is_signed_out(
    app: Flask, leader: FlaskClient, store: Store
) -> None:
    made = {"csrf": csrf(leader), "name": "Dewi", "pin": "135790", "role": "officer", "agency": "kelurahan"}
    assert "Dewi siap masuk" in leader.post("/loket/petugas", data=made, follow_redirects=True).text
    desk = app.test_client()
    desk.post("/loket/", data={"officer": "Dewi", "pin": "135790", "counter": "1"})
    assert desk.get("/loket/konsol").status_code == 200
    leader.post("/loket/petugas/tutup", data={"csrf": made["csrf"], "name": "Dewi"})
    assert desk.get("/loket/konsol").headers["Location"] == "/loket/"
    assert find_officer(store, "Dewi") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pin": "12"}, "4 sampai 8 angka"),
        ({"name": ""}, "Nama petugas"),
        ({"role": "king"}, "Pilih peran"),
        ({"agency": "nowhere"}, "tidak ada di kantor ini"),
    ],
)
def test_a_bad_account_is_refused_in_words(
    leader: FlaskClient, store: Store, change: dict[str, str], words: str
) -> None:
    made = {"csrf": csrf(leader), "name": "Dewi", "pin": "135790", "role": "officer", "agency": "", **change}
    assert words in leader.post("/loket/petugas", data=made, follow_redirects=True).text
    assert find_officer(store, "Dewi") is None


def test_officers_are_kept_out_of_the_supervisors_pages(app: Flask, store: Store) -> None:
    waiting(store, 1)
    officer = console(app)
    for path in (
        "/loket/pengawas",
        "/loket/petugas",
        "/loket/laporan/",
        f"/loket/laporan/kentongan-{today(store)}.pdf",
    ):
        assert officer.get(path).status_code == 403
    refused = officer.post("/loket/pengawas/hari/tutup", data={"csrf": csrf(officer), "reason": "ingin"})
    assert (refused.status_code, "hanya untuk pengawas" in refused.text) == (403, True)
    assert refusals(store)[-1] == {"officer": "Ratna", "counter": 1, "wish": "tutup", "why": "http-403"}
    assert app.test_client().get("/loket/pengawas").headers["Location"] == "/loket/"


def test_whatever_is_refused_is_journalled_and_changes_nothing(app: Flask, signed_in: SignIn, store: Store) -> None:
    waiting(store, 2)
    before = state(store)
    desk = console(app)
    desk.post("/loket/konsol/next", data={"csrf": "forged", "seen": ""})
    desk.post(
        "/loket/konsol/next", data=form_of(desk.get("/loket/konsol").text), headers={"Origin": "http://evil.test"}
    )
    press(desk, "next", {"csrf": csrf(desk), "seen": "an old page"})
    press(desk, "call", {"csrf": csrf(desk), "seen": "", "target": before[0][0]})
    program = signed_in("Budi", 3)
    assert program.post("/api/v1/counters/1/next").status_code == 403
    assert program.post("/api/v1/counters/3/transfer", json={"service": "paspor", "reason": "x"}).status_code == 404
    assert state(store) == before
    assert [(one["wish"], one["why"]) for one in refusals(store)] == [
        ("next", "http-403"), ("next", "http-403"), ("next", "out-of-date"), ("call", "bad-input"),
        ("next", "http-403"), ("transfer", "http-404"),
    ]  # fmt: skip


def test_an_officer_of_another_agency_can_not_take_the_counter(app: Flask, store: Store) -> None:
    add_officer(store, "Bripka Sari", PIN, "officer", "polres")
    answer = app.test_client().post("/loket/", data={"officer": "Bripka Sari", "pin": PIN, "counter": "1"})
    assert (answer.status_code, "instansi lain" in answer.text) == (403, True)
    assert refusals(store) == [{"officer": "Bripka Sari", "counter": 1, "wish": "sign-in", "why": "another-agency"}]


def test_the_report_says_the_same_as_page_spreadsheet_and_paper(
    app: Flask, leader: FlaskClient, store: Store, clock: ManualClock
) -> None:
    waiting(store, 5)
    desk = console(app)
    for minutes in (4, 6, 8):
        press(desk, "next")
        clock.advance(minutes * 60)
        press(desk, "finish")
    press(desk, "next")
    press(desk, "no-show")
    day = today(store) or ""
    report = day_report(store, day, 7)
    assert (report.drawn, report.served, report.missed, report.still_open, report.is_balanced) == (5, 3, 1, 1, True)
    assert (report.visits.median_min, report.visits.most_min) == (6.0, 8.0)
    assert (report.waits.median_min, report.waits.most_min) == (4.0, 18.0)
    page = leader.get("/loket/laporan/").text
    assert re.search(r'Selesai dilayani</th><td class="end number">3<', page)
    sheet = leader.get(f"/loket/laporan/kentongan-{day}.csv").data.decode("utf-8-sig")
    assert "Selesai dilayani;3\r\n" in sheet
    paper = leader.get(f"/loket/laporan/kentongan-{day}.pdf").data
    assert paper.startswith(b"%PDF-1.7")
    assert "Selesai dilayani".encode("cp1252").hex().encode() in paper
    assert leader.get("/loket/laporan/kentongan-1999-01-01.pdf").status_code == 404


def test_an_appointment_is_told_as_one_to_its_resident(
    signed_in: SignIn, client: FlaskClient, store: Store, clock: ManualClock
) -> None:
    clock.moment = clock.now().__class__(1_763_776_800_000, True, "boot-1", 1_000)  # nine in the morning in Jakarta
    drawn = client.post("/api/v1/tickets", json={"service": "usaha"}).json
    assert drawn
    desk = signed_in()
    wish = {"target": drawn["id"], "at": "10.30", "reason": "melengkapi berkas"}
    assert desk.post("/api/v1/counters/1/book", json=wish).status_code == 200
    told = client.get(f"/api/v1/tickets/{drawn['id']}").json
    assert told
    assert (told["state"], told["state_words"], told["position"]) == ("booked", "janji temu", None)
    assert "Janji temu" in client.post("/kiosk/lacak", data={"code": drawn["track"]}, follow_redirects=True).text
    late = desk.post("/api/v1/counters/1/book", json={"service": "usaha", "at": "08.00", "reason": "telepon"})
    assert (late.status_code, late.json and "sudah lewat" in late.json["detail"]) == (400, True)
    assert desk.post("/api/v1/counters/1/next").status_code == 404
    clock.advance(90 * 60)
    assert desk.post("/api/v1/counters/1/next").status_code == 200
