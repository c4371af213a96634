"""Forms without a browser: sealed, sent once, told in words; nothing of a person in an address, a cookie or a page."""

from __future__ import annotations

import re

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.clock import ManualClock
from kiosk.core.complaint import ComplaintAction
from kiosk.core.event import Lane
from kiosk.core.request import RequestState
from kiosk.core.settings import SiteSettings
from kiosk.sealing.envelope import central_opener, unseal
from kiosk.sealing.office_key import Cost, OfficeKey, make_office_key
from kiosk.store.complaints import advance_complaint, complaint_envelope, recent_complaints
from kiosk.store.database import Store
from kiosk.store.outbox import acknowledge
from kiosk.store.request_updates import update_request
from kiosk.store.requests import envelope_of, recent_requests
from kiosk.store.surveys import survey_index
from kiosk.web.app import create_app, office_of
from kiosk.web.drafts import KEPT_FOR_S, Drafts
from kiosk.web.resident.sending import Content
from tests.web.site import CENTRAL, SignIn

NIK, NAME, PHONE = "3174051708580001", "Siti Rahayu Wulandari", "081298765432"
FORM = {"nik": NIK, "nama": NAME, "acara": "Syukuran", "tanggal-acara": "2027-01-09", "tempat-acara": "Gang Mawar 7"}
SUBJECT = {"kind": "request", "subject": "izin-keramaian"}


def answer(client: FlaskClient, question: str, value: str) -> str:
    data = {"answer": value}
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        data = dict(zip(("year", "month", "day"), value.split("-"), strict=True))
    return client.post(f"/kiosk/isi/{question}", data=data).headers["Location"]


def fill(client: FlaskClient, answers: dict[str, str] = FORM, start: dict[str, str] = SUBJECT) -> str:
    """Fills a form in; returns the review."""
    assert client.post("/kiosk/isi/mulai", data=start).status_code == 303
    for question, value in answers.items():
        answer(client, question, value)
    if start["kind"] == "request":
        answer(client, "telepon", PHONE)
    return client.get("/kiosk/isi/periksa").text


def key_of(review: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', review)
    assert found, review
    return found[1]


def send(client: FlaskClient) -> str:
    return client.post("/kiosk/isi/kirim", data={"key": key_of(fill(client))}).headers["Location"]


def code_of(client: FlaskClient) -> str:
    found = re.search(r'number--code"[^>]*>([^<]+)<', client.get("/kiosk/tanda-terima").text)
    assert found
    return found[1]


def content_of(store: Store, case_id: str, sealed: bytes | None) -> Content:
    assert sealed is not None
    return msgspec.json.decode(unseal(sealed, case_id, central_opener(CENTRAL)), type=Content)


def test_a_filled_form_becomes_one_sealed_request_that_the_central_can_open(client: FlaskClient, store: Store) -> None:
    assert send(client) == "/kiosk/tanda-terima"
    [request] = recent_requests(store)
    content = content_of(store, request.id, envelope_of(store, request.id))
    assert request.service == "izin-keramaian"
    assert content.answers == {**FORM, "telepon": PHONE}
    assert content.skipped == ()


def test_the_office_opens_it_too_once_it_has_a_key_and_somebody_has_unlocked_it(
    client: FlaskClient, store: Store, settings: SiteSettings
) -> None:
    make_office_key(settings.office_key, "padi sawah kentongan", Cost(1, 8_192))
    send(client)
    [request] = recent_requests(store)
    office = OfficeKey(settings.office_key, lambda: 0.0)
    office.unlock("padi sawah kentongan")
    sealed = envelope_of(store, request.id)
    assert sealed is not None
    assert NAME.encode() in office.open(sealed, request.id)


def test_before_the_form_stand_what_to_bring_the_minutes_and_the_fee_and_then_what_it_is_used_for(
    client: FlaskClient,
) -> None:
    page = client.get("/kiosk/ajukan/keamanan/izin-keramaian").text
    assert page.index("Biaya resmi") < page.index("Dibawa saat mengambil") < page.index("Lanjut")
    consent = client.get("/kiosk/ajukan/keamanan/izin-keramaian/setuju").text
    assert "Kami memakai NIK dan data Anda hanya untuk mengurus surat ini." in consent
    assert "Setuju, lanjutkan" in consent
    assert "Tidak, panggil petugas" in consent


def test_the_review_masks_the_nik_and_shows_every_other_answer(client: FlaskClient) -> None:
    review = fill(client)
    assert "3174 05•• •••• ••01" in review
    assert NIK not in review
    assert NIK[4:12] not in review
    for shown in (NAME, "Syukuran", "9 Januari 2027", "Gang Mawar 7", PHONE):
        assert shown in review


@pytest.mark.parametrize(
    ("question", "typed", "words"),
    [
        ("nik", "317405170858000", "NIK harus 16 angka. Anda baru mengisi 15 angka."),
        ("nik", "", "Isi NIK Anda. Angkanya ada di bagian atas KTP."),
        ("nama", "", "Isi nama Anda. Satu kata juga boleh."),
    ],
)
def test_a_fault_says_what_to_do_and_keeps_what_was_typed(
    client: FlaskClient, question: str, typed: str, words: str
) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    assert answer(client, question, typed) == f"/kiosk/isi/{question}"
    page = client.get(f"/kiosk/isi/{question}").text
    assert words in page
    assert 'role="alert"' in page
    assert " ".join(re.findall(".{1,4}", typed)) in page


def test_an_odd_nik_is_asked_about_once_and_then_taken(client: FlaskClient) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    assert answer(client, "nik", "3174053102580001") == "/kiosk/isi/nik"
    assert "tidak seperti biasanya" in client.get("/kiosk/isi/nik").text
    assert answer(client, "nik", "3174053102580001") == "/kiosk/isi/nama"


def test_who_has_no_card_goes_on_and_the_office_learns_it(client: FlaskClient, store: Store) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    assert client.post("/kiosk/isi/nik", data={"skip": "yes"}).headers["Location"] == "/kiosk/isi/nama"
    for question, value in list(FORM.items())[1:]:
        answer(client, question, value)
    answer(client, "telepon", "")
    review = client.get("/kiosk/isi/periksa").text
    assert "Dilengkapi di loket" in review
    client.post("/kiosk/isi/kirim", data={"key": key_of(review)})
    [request] = recent_requests(store)
    content = content_of(store, request.id, envelope_of(store, request.id))
    assert (content.skipped, "nik" in content.answers) == (("nik",), False)


def test_changing_an_answer_returns_to_the_review(client: FlaskClient) -> None:
    fill(client)
    assert answer(client, "acara", "Pernikahan") == "/kiosk/isi/periksa"
    assert "Pernikahan" in client.get("/kiosk/isi/periksa").text


def test_a_double_tap_on_send_is_one_request_with_one_code(client: FlaskClient, store: Store) -> None:
    key = key_of(fill(client))
    codes = set()
    for _ in range(3):
        assert client.post("/kiosk/isi/kirim", data={"key": key}).headers["Location"] == "/kiosk/tanda-terima"
        codes.add(code_of(client))
    assert len(codes) == len(recent_requests(store)) == 1


def test_a_form_that_is_not_finished_leads_to_what_is_missing_and_is_not_sent(
    client: FlaskClient, store: Store
) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    answer(client, "nik", NIK)
    assert client.get("/kiosk/isi/periksa").headers["Location"] == "/kiosk/isi/nama"
    assert client.post("/kiosk/isi/kirim", data={"key": "geraten"}).status_code == 400
    assert recent_requests(store) == []


def test_no_address_and_no_cookie_carries_what_was_typed(client: FlaskClient) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    for question, value in FORM.items():
        data = {"answer": value} if question != "tanggal-acara" else {"day": "9", "month": "1", "year": "2027"}
        done = client.post(f"/kiosk/isi/{question}", data=data)
        told = done.headers["Location"] + done.headers.get("Set-Cookie", "")
        assert NIK not in told
        assert "Siti" not in told
    cookie = client.get_cookie("kentongan_layar", path="/kiosk/")
    assert cookie
    assert NIK not in cookie.value
    for page in ("/kiosk/isi/periksa", "/kiosk/isi/nik"):
        assert client.get(page).headers["Cache-Control"] == "no-store"


def test_a_wiped_visit_leaves_no_form(client: FlaskClient, app: Flask) -> None:
    fill(client)
    cookie = client.get_cookie("kentongan_layar", path="/kiosk/")
    assert cookie
    client.post("/kiosk/selesai")
    client.set_cookie("kentongan_layar", cookie.value, path="/kiosk/")
    gone = client.get("/kiosk/isi/nik")
    assert gone.status_code == 404
    assert NIK not in gone.text
    assert "agar data Anda aman" in gone.text


def test_a_form_that_nobody_finishes_is_forgotten_after_half_an_hour() -> None:
    now_s = [0.0]
    drafts = Drafts(lambda: now_s[0])
    name = drafts.begin("request", "usaha")
    now_s[0] = KEPT_FOR_S + 1
    with pytest.raises(LookupError):
        drafts.get(name)


def test_a_kiosk_whose_central_key_is_wrong_asks_nobody_for_a_name(
    settings: SiteSettings, store: Store, client: FlaskClient
) -> None:
    wrong = msgspec.structs.replace(settings, sync=msgspec.structs.replace(settings.sync, central_key="0" * 64))
    closed = create_app(wrong, store).test_client()
    assert "/kiosk/ajukan/" in client.get("/kiosk/").text
    assert "/kiosk/ajukan/" not in closed.get("/kiosk/").text
    assert closed.get("/kiosk/ajukan/keamanan/izin-keramaian").status_code == 404


def test_the_receipt_tells_whether_the_central_has_it(client: FlaskClient, store: Store) -> None:
    send(client)
    code = code_of(client)
    page = client.get("/kiosk/tanda-terima").text
    assert f"Tersimpan di mesin ini. Akan dikirim saat jaringan kembali. Simpan kode {code}." in page
    acknowledge(store, Lane.SERVICE, 1_000)
    assert "Sudah diterima pusat." in client.get("/kiosk/tanda-terima").text


def test_tracking_shows_the_state_and_the_next_step_and_never_a_name(client: FlaskClient, store: Store) -> None:
    send(client)
    code = code_of(client)
    client.post("/kiosk/selesai")
    with store.write():
        update_request(store, recent_requests(store)[0].id, RequestState.CHECKING, "Bawa KK asli.")
    assert client.post("/kiosk/lacak", data={"code": code}).headers["Location"] == "/kiosk/lacak/hasil"
    page = client.get("/kiosk/lacak/hasil").text
    assert "Sedang Diperiksa" in page
    assert "Petugas sedang memeriksa syarat." in page
    assert "Bawa KK asli." in page
    assert "Siti" not in page
    assert NIK[-4:] not in page


def complain(client: FlaskClient, kind: str, **more: str) -> str:
    answers = {"topik": "lain", "isi": "Lampu jalan mati", "lokasi": "Gang Melati", **more}
    review = fill(client, answers, {"kind": "complaint", "subject": kind})
    client.post("/kiosk/isi/kirim", data={"key": key_of(review)})
    return code_of(client)


def test_a_complaint_without_a_name_holds_none_and_is_promised_an_answer(client: FlaskClient, store: Store) -> None:
    complain(client, "aduan", identitas="tanpa-nama")
    [complaint] = recent_complaints(store)
    content = content_of(store, complaint.id, complaint_envelope(store, complaint.id))
    assert complaint.anonymous
    assert set(content.answers) == {"topik", "isi", "lokasi", "identitas"}
    assert "Jawaban pertama paling lambat" in client.get("/kiosk/tanda-terima").text


def test_a_name_typed_before_choosing_to_stay_anonymous_is_not_sent(client: FlaskClient, store: Store) -> None:
    start = {"kind": "complaint", "subject": "siskamling"}
    named = {"topik": "orang", "isi": "x", "lokasi": "y", "identitas": "terbuka", "nama": NAME, "telepon": PHONE}
    fill(client, named, start)
    answer(client, "identitas", "tanpa-nama")
    review = client.get("/kiosk/isi/periksa").text
    assert NAME not in review
    client.post("/kiosk/isi/kirim", data={"key": key_of(review)})
    [complaint] = recent_complaints(store)
    content = content_of(store, complaint.id, complaint_envelope(store, complaint.id))
    assert NAME not in str(content)
    assert complaint.anonymous


def test_a_broken_promise_is_said_and_an_answer_is_shown(client: FlaskClient, store: Store, clock: ManualClock) -> None:
    code = complain(client, "aduan", identitas="tanpa-nama")
    clock.advance(25 * 3_600)
    client.post("/kiosk/lacak", data={"code": code})
    assert "sudah lewat" in client.get("/kiosk/lacak/hasil").text
    advance_complaint(store, recent_complaints(store)[0].id, ComplaintAction.ANSWER, "Ratna", "Lampu sudah diganti.")
    page = client.get("/kiosk/lacak/hasil").text
    assert "Lampu sudah diganti." in page
    assert "sudah lewat" not in page


def test_a_served_ticket_opens_the_survey_once(client: FlaskClient, signed_in: SignIn, store: Store) -> None:
    page = client.get("/kiosk/layanan/usaha-dan-penghasilan/usaha").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    client.post("/kiosk/nomor", data={"service": "usaha", "key": key[1]})
    found = re.search(r'class="code">([^<]+)<', client.get("/kiosk/tiket").text)
    assert found
    client.post("/kiosk/survei/", data={"code": found[1]})
    assert "Survei dibuka setelah nomor ini selesai dilayani." in client.get("/kiosk/survei/").text
    officer = signed_in()
    officer.post("/api/v1/counters/1/next", json={})
    assert officer.post("/api/v1/counters/1/finish", json={}).status_code == 200
    assert client.post("/kiosk/survei/", data={"code": found[1]}).headers["Location"] == "/kiosk/survei/1"
    for number in range(1, 10):
        assert client.get(f"/kiosk/survei/{number}").status_code == 200
        done = client.post(f"/kiosk/survei/{number}", data={"value": "4"})
    assert done.headers["Location"] == "/kiosk/survei/selesai"
    index = survey_index(store)
    assert index is not None
    assert (str(index.value), index.grade) == ("100.00", "A")
    client.post("/kiosk/survei/", data={"code": found[1]})
    assert "sudah mengisi survei" in client.get("/kiosk/survei/").text


HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE request; --",
    "../../etc/passwd",
    "{{ 7 * 7 }}",
    "\u202egnp.exe\u202c",
    "🙂" * 50,
    "\x00\x1b[31m",
    "A" * 2_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words_and_nothing_runs(client: FlaskClient, store: Store, text: str) -> None:
    review = fill(client, {**FORM, "acara": text})
    if 'name="key"' not in review:  # too long: told in words, and what fits is kept
        page = client.get("/kiosk/isi/acara").text
        assert "Tulisan terlalu panjang" in page
        return
    assert "<script>alert" not in review
    assert "\u202e" not in review
    client.post("/kiosk/isi/kirim", data={"key": key_of(review)})
    [request] = recent_requests(store)
    content = content_of(store, request.id, envelope_of(store, request.id))
    assert "\x00" not in content.answers["acara"]


def test_ten_megabytes_are_refused_in_words_and_change_nothing(client: FlaskClient, store: Store) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    answer_ = client.post("/kiosk/isi/nik", data={"answer": "9" * 10_000_000}, headers={"Accept": "text/html"})
    assert answer_.status_code == 413
    assert "terlalu besar" in answer_.text
    assert client.get("/kiosk/isi/nik").status_code == 200
    assert recent_requests(store) == []


def test_a_question_of_another_form_is_none_here(client: FlaskClient) -> None:
    client.post("/kiosk/isi/mulai", data=SUBJECT)
    assert client.get("/kiosk/isi/nama-anak").status_code == 404
    assert client.post("/kiosk/isi/mulai", data={"kind": "request", "subject": "../x"}).status_code == 404


def test_every_letter_and_complaint_can_be_begun(app: Flask, client: FlaskClient) -> None:
    here = office_of(app)
    subjects = [("request", one.id) for one in here.catalogue.services]
    for kind, subject in [*subjects, *(("complaint", way.id) for way in here.complaints.ways)]:
        begun = client.post("/kiosk/isi/mulai", data={"kind": kind, "subject": subject})
        assert begun.status_code == 303, subject
        assert client.get(begun.headers["Location"]).status_code == 200, subject
