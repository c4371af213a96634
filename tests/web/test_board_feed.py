"""The board's stream: every call in order, what was missed after a cut, one voice, and one drawing for many screens."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.ticket import TicketAction
from kiosk.store import queue, visits
from kiosk.store.call_log import newest_call_id
from kiosk.store.database import Store
from kiosk.web.app import office_of
from kiosk.web.speakers import Speakers
from tests.web.test_counter import waiting

Event = dict[str, str]


@contextmanager
def screen(server: str, query: str = "", last: str = "") -> Iterator[Iterator[Event]]:
    """A screen's stream, as its events; those that only say "alive" are left out."""
    line = http.client.HTTPConnection(urlsplit(server).netloc, timeout=10)
    line.request("GET", f"/papan/events{query}", headers={"Last-Event-ID": last} if last else {})
    answer = line.getresponse()
    try:
        yield events(answer)
    finally:
        answer.close()  # both hold the socket
        line.close()


def events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    held: Event = {}
    while raw := answer.readline():
        text = raw.decode().rstrip("\n")
        if text:
            name, _, value = text.partition(": ")
            held[name] = held.get(name, "") + value
        else:
            if "data" in held and held.get("event") != "alive":
                yield held
            held = {}


def next_calls(stream: Iterator[Event], count: int) -> list[dict[str, Any]]:
    found = list[dict[str, Any]]()
    while len(found) < count:
        event = next(stream)
        if event.get("event") == "call":
            found.append({**json.loads(event["data"]), "event_id": event["id"]})
    return found


def call(app: Flask, store: Store, counter: int = 1) -> str:
    """Calls the next number, ending the visit before it."""
    desk = office_of(app).desk(counter, "Ratna")
    current = queue.at_counter(store, counter)
    if current is not None:
        visits.finish(store, current.id, desk)
    return queue.call_next(store, desk)[0].id


def test_calls_come_in_order_with_ids_that_only_grow(app: Flask, server: str, store: Store) -> None:
    waiting(store, 3)
    with screen(server) as stream:
        next(stream)
        ticket = call(app, store)
        queue.act(store, ticket, TicketAction.RECALL, office_of(app).desk(1, "Ratna"))
        call(app, store, 3)
        told = next_calls(stream, 3)
    assert [(one["number"], one["counter"], one["call"]) for one in told] == [
        ("A-001", 1, 1), ("A-001", 1, 2), ("A-002", 3, 1),
    ]  # fmt: skip
    assert [int(one["event_id"]) for one in told] == [1, 2, 3]


def test_a_screen_that_was_cut_off_is_told_what_it_missed_and_what_is_past(
    app: Flask, server: str, store: Store
) -> None:
    waiting(store, 4)
    with screen(server) as stream:
        next(stream)
        call(app, store)
        (had,) = next_calls(stream, 1)
    call(app, store)
    call(app, store)
    with screen(server, last=had["event_id"]) as stream:
        told = next_calls(stream, 2)
    assert [(one["number"], one["past"]) for one in told] == [("A-002", True), ("A-003", False)]


def test_a_new_screen_does_not_shout_the_morning_again(app: Flask, server: str, store: Store) -> None:
    waiting(store, 2)
    call(app, store)
    with screen(server) as stream:
        next(stream)
        call(app, store)
        assert next_calls(stream, 1)[0]["number"] == "A-002"


def test_of_several_screens_with_sound_one_speaks(app: Flask, server: str, store: Store) -> None:
    waiting(store, 3)
    with screen(server, "?suara=1") as first, screen(server) as silent:
        with screen(server, "?suara=1") as second:
            for stream in (first, second, silent):
                next(stream)
            call(app, store)
            assert [next_calls(one, 1)[0]["speak"] for one in (first, second, silent)] == [True, False, False]
        until_s = time.monotonic() + 10
        while len(office_of(app).speakers) > 1:  # the television that was switched off is noticed at its next word
            assert time.monotonic() < until_s
            waiting(store, 1)
            next(first)
        with screen(server, "?suara=1") as third:
            next(third)
            call(app, store)
            assert [next_calls(one, 1)[0]["speak"] for one in (first, third)] == [True, False]


def test_the_next_screen_speaks_when_the_first_is_gone() -> None:
    speakers = Speakers()
    first, second = speakers.join(), speakers.join()
    assert [speakers.speaks(one) for one in (first, second)] == [True, False]
    speakers.leave(first)
    assert speakers.speaks(second)


def test_a_call_can_be_heard(app: Flask, client: FlaskClient, store: Store) -> None:
    waiting(store, 1)
    call(app, store)
    heard = client.get(f"/papan/suara/{newest_call_id(store)}.wav")
    assert (heard.status_code, heard.content_type, heard.data[:4]) == (200, "audio/wav", b"RIFF")
    assert client.get("/papan/suara/99.wav").status_code == 404


def test_the_board_shows_a_pause_and_no_names(app: Flask, client: FlaskClient, store: Store) -> None:
    answer = client.post("/api/v1/sign-in", json={"officer": "Ratna", "pin": "4711", "counter": 2})
    assert answer.json
    headers = {"X-CSRF-Token": answer.json["csrf"]}
    assert client.post("/api/v1/counters/2/pause", json={"reason": "ibadah"}, headers=headers).status_code == 200
    page = client.get("/papan/").text
    assert 'data-counter="paused"' in page
    assert "ibadah" in page
    assert "Ratna" not in page
