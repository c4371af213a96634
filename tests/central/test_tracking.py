"""Tracking from home: one code, one answer, nothing personal, not too often."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests

from kiosk.core.event import Lane
from kiosk.core.ids import track_hash, uuid7
from sync.central.store import CentralStore
from sync.central.web import rate
from sync.central.web.rate import Rate
from sync.central.web.tracking import _tracked
from tests.central.stories import DEVICE, NOW_MS, TRACK, Journal, issued
from tests.central.web import make_app


@pytest.fixture
def client(store: CentralStore) -> FlaskClient:
    return make_app(store).test_client()


def queue(store: CentralStore) -> Journal:
    """Three tickets; the third is ours."""
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, 4):
        journal.add("ticket.issued", issued(ordinal, f"ticket-{ordinal}", TRACK if ordinal == 3 else None))
    journal.send(store)
    return journal


def test_a_ticket_is_found_however_its_code_is_typed(client: FlaskClient, store: CentralStore) -> None:
    queue(store)
    for code in (TRACK, TRACK.lower(), TRACK.replace("-", ""), TRACK.replace("-", "%20")):
        page = client.get(f"/lacak/{code}")
        assert page.status_code == 200
        for words in ("A-003", "Menunggu", "2 orang", "Kelurahan Melawai", TRACK, "Sabtu, 22 November"):
            assert words in page.text


def test_the_page_follows_the_ticket(client: FlaskClient, store: CentralStore) -> None:
    journal = queue(store)
    journal.add("ticket.called", {"id": "ticket-3", "counter": 2, "state": "called"})
    journal.send(store, 4)
    page = client.get(f"/lacak/{TRACK}").text
    assert "Datanglah ke loket sekarang" in page
    assert "Di depan Anda" not in page


def test_a_request_is_found_by_its_code(client: FlaskClient, store: CentralStore) -> None:
    journal, request_id = Journal(Lane.SERVICE), uuid7()
    journal.add("request.submitted", {"id": request_id, "service": "sktm", "track_hash": track_hash(TRACK)})
    journal.add("request.changed", {"id": request_id, "state": "ready"})
    journal.send(store)
    page = client.get(f"/lacak/{TRACK}").text
    assert "Siap Diambil" in page
    assert "Bawa KTP asli" in page


def complained(store: CentralStore) -> Journal:
    journal = Journal(Lane.SERVICE)
    body = {"id": "complaint-1", "complaint": "siskamling", "topic": "orang", "promise_h": 24, "anonymous": True}
    journal.add("complaint.filed", {**body, "track_hash": track_hash(TRACK), "sealed": "x"})
    journal.send(store)
    return journal


def test_a_complaint_is_found_by_its_code_with_the_promise_of_an_answer(
    client: FlaskClient, store: CentralStore
) -> None:
    journal = complained(store)
    page = client.get(f"/lacak/{TRACK}").text
    for words in ("Laporan Siskamling", "Diterima", "Jawaban pertama paling lambat", "Aduan masuk"):
        assert words in page
    journal.add("complaint.changed", {"id": "complaint-1", "state": "answered", "from": "filed", "by": "Ratna"})
    journal.send(store, 2)
    page = client.get(f"/lacak/{TRACK}").text
    assert "Sudah Dijawab" in page
    assert "Baca jawabannya di layar kantor" in page
    assert "paling lambat" not in page
    assert "Ratna" not in page


def test_a_broken_promise_is_said_at_home_too(store: CentralStore) -> None:
    complained(store)
    view = store.track(track_hash(TRACK))
    assert view.due_ms is not None
    assert not _tracked(view, TRACK, view.due_ms).is_late
    assert _tracked(view, TRACK, view.due_ms + 1).is_late


def test_the_first_answer_keeps_the_promise_whatever_comes_after(store: CentralStore) -> None:
    journal = complained(store)
    for state in ("answered", "working"):
        journal.add("complaint.changed", {"id": "complaint-1", "state": state, "from": "filed", "by": "Ratna"})
    journal.send(store, 2)
    view = store.track(track_hash(TRACK))
    assert (view.state, view.due_ms) == ("working", None)


def test_the_page_says_when_the_office_was_last_heard(client: FlaskClient, store: CentralStore) -> None:
    queue(store)
    store.seen(DEVICE, NOW_MS)
    assert "Kabar terakhir dari kantor: 0 dtk lalu" in client.get(f"/lacak/{TRACK}").text


def test_the_form_leads_to_the_code(client: FlaskClient) -> None:
    assert client.get("/lacak/").status_code == 200
    answer = client.get(f"/lacak/?code={TRACK}")
    assert (answer.status_code, answer.location) == (303, f"/lacak/{TRACK}")


@pytest.mark.parametrize("code", ["AAA", "K7F-234-QX0", "x" * 300, "<b>", "%00", "..%2Fposko"])
def test_a_code_that_cannot_be_one_is_told_so(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/lacak/{code}")
    assert answer.status_code == 404
    assert "<b>" not in answer.text


def test_an_unknown_code_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get(f"/lacak/{TRACK}")
    assert answer.status_code == 404
    assert "belum kami kenal" in answer.text


def test_guessing_is_slowed_per_address(client: FlaskClient, store: CentralStore) -> None:
    queue(store)
    statuses = [client.get(f"/lacak/{TRACK}").status_code for _ in range(13)]
    assert statuses == [200] * 12 + [429]
    other = client.get(f"/lacak/{TRACK}", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 200


def test_a_rate_refills_with_time() -> None:
    limit = Rate(burst=2, per_s=10)
    limit.take("a", 0.0)
    limit.take("a", 0.0)
    with pytest.raises(TooManyRequests) as refused:
        limit.take("a", 1.0)
    assert refused.value.retry_after == 5
    limit.take("a", 5.0)
    limit.take("b", 1.0)


def test_a_rate_remembers_only_so_many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_ADDRESSES", 3)
    limit = Rate(burst=1, per_s=100)
    for address in "abcd":
        limit.take(address, 0.0)
    limit.take("a", 0.0)
    with pytest.raises(TooManyRequests):
        limit.take("d", 0.0)
