"""Many residents at one real server: no number twice, none missing, one ticket a key; and its live streams."""

from __future__ import annotations

import dataclasses
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from flask import Flask

from kiosk.core.alert import AlertCode
from kiosk.http.stream import Streams
from kiosk.store.alerts import raise_alert
from kiosk.store.database import Store
from kiosk.store.print_jobs import counts
from kiosk.web.app import create_app, office_of
from kiosk.web.office import EXTENSION

THREADS, EACH = 8, 50


Drawn = tuple[int, dict[str, str]]


def draw_usaha(line: http.client.HTTPConnection, headers: dict[str, str]) -> Drawn:
    body = json.dumps({"service": "usaha"})
    line.request("POST", "/api/v1/tickets", body, {"Content-Type": "application/json", **headers})
    answer = line.getresponse()
    return answer.status, json.loads(answer.read())


def test_eight_residents_at_once_draw_every_number_once(server: str, store: Store) -> None:
    def draw_many(_: int) -> list[str]:
        line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
        try:
            answers = [draw_usaha(line, {}) for _ in range(EACH)]
        finally:
            line.close()
        assert {status for status, _ in answers} == {201}
        return [body["number"] for _, body in answers]

    with ThreadPoolExecutor(THREADS) as residents:
        numbers = sorted(number for drawn in residents.map(draw_many, range(THREADS)) for number in drawn)
    assert numbers == [f"A-{ordinal:03d}" for ordinal in range(1, THREADS * EACH + 1)]
    assert counts(store) == {"queued": THREADS * EACH}


def test_the_same_key_from_everywhere_at_once_is_one_ticket(server: str, store: Store) -> None:
    def draw(_: int) -> str:
        line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
        try:
            status, body = draw_usaha(line, {"Idempotency-Key": "one"})
        finally:
            line.close()
        assert status == 201
        return body["id"] + body["track"]

    with ThreadPoolExecutor(THREADS) as taps:
        assert len(set(taps.map(draw, range(THREADS * 4)))) == 1
    assert store.all("SELECT COUNT(*) FROM ticket") == [(1,)]


def first_event(line: http.client.HTTPConnection, path: str) -> str:
    line.request("GET", path)
    answer = line.getresponse()
    assert answer.status == 200, path
    return next_event(answer)


def next_event(answer: http.client.HTTPResponse) -> str:
    data = []
    while True:
        text = answer.readline().decode().rstrip("\n")
        if text.startswith("data: "):
            data.append(text.removeprefix("data: "))
        elif not text and data:
            return "\n".join(data)


def test_each_stream_tells_the_state_at_once(server: str, app: Flask, store: Store) -> None:
    raise_alert(store, AlertCode.FIRE, "panic")
    for path, words in (
        ("/kiosk/alarm/events", "Mengirim…"),
        ("/papan/events", "Belum ada nomor yang dipanggil"),
        ("/api/v1/board/events", '"waiting":0'),
    ):
        line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=10)
        try:
            assert words in first_event(line, path)
        finally:
            line.close()


def test_an_alert_of_another_daemon_reaches_an_open_screen(server: str, app: Flask, store: Store) -> None:
    line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=10)
    try:
        line.request("GET", "/kiosk/alarm/events")
        answer = line.getresponse()
        assert json.loads(next_event(answer))["id"] is None
        alert = raise_alert(store, AlertCode.PANIC, "panic")
        told = json.loads(next_event(answer))
        while told["id"] is None:  # the second may have turned in between
            told = json.loads(next_event(answer))
        assert (told["id"], told["pending"]) == (alert.id, True)
    finally:
        line.close()


def test_a_stream_too_many_is_turned_away_and_pages_still_answer(app: Flask) -> None:
    here = office_of(app)
    full = create_app(here.settings, here.store)
    full.extensions[EXTENSION] = dataclasses.replace(here, streams=Streams(most=0))
    client = full.test_client()
    turned_away = client.get("/papan/events")
    assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "3")
    assert client.get("/kiosk/alarm").status_code == 200
