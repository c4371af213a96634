"""A form filled in without a browser, as a resident would: one answer a page, the review, and one sending."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

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


def complain(client: FlaskClient, kind: str, **more: str) -> str:
    answers = {"topik": "lain", "isi": "Lampu jalan mati", "lokasi": "Gang Melati", **more}
    review = fill(client, answers, {"kind": "complaint", "subject": kind})
    client.post("/kiosk/isi/kirim", data={"key": key_of(review)})
    return code_of(client)
