"""Tickets: one number a person, the same ticket for the same key, and no tracking code on disk."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadInput, BadTransition, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import TRACK_ALPHABET, track_hash
from kiosk.core.print_job import PrintAction
from kiosk.core.ticket import TicketAction, TicketState
from kiosk.store import hall, queue, retries, tickets, visits
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.print_jobs import PrintJobs
from tests.store.checks import require_sound_journal, require_sound_tickets
from tests.store.hall import desk

A = TicketAction


def issue(store: Store, key: str | None = None, series: str = "A", service: str = "usaha") -> tickets.Issued:
    return tickets.issue(store, service, series, 7, key, lambda issued: issued.ticket.number.encode())


def test_eight_people_at_once_get_eight_numbers(store: Store) -> None:
    start, numbers = threading.Barrier(8), list[str]()

    def work() -> None:
        start.wait()
        numbers.extend(issue(store).ticket.number for _ in range(30))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == require_sound_tickets(store)
    assert len(numbers) == 240
    require_sound_journal(store)


def test_each_series_counts_for_itself_and_the_queue_is_one(store: Store) -> None:
    issued = [issue(store, series=series) for series in "ABAB"]
    assert [each.ticket.number for each in issued] == ["A-001", "B-001", "A-002", "B-002"]
    assert [each.ahead for each in issued] == [0, 1, 2, 3]
    assert [tickets.ahead_of(store, each.ticket) for each in issued] == [0, 1, 2, 3]


def test_the_same_key_gives_the_same_ticket_and_the_same_code(store: Store) -> None:
    first, second = issue(store, "a key"), issue(store, "a key")
    assert second == first
    assert retries.issued_with(store, "a key", "usaha") == first
    assert require_sound_tickets(store) == ["A-001"]
    assert store.one("SELECT COUNT(*) FROM print_job") == (1,)
    assert tickets.find_by_track(store, track_hash(first.track)) == first.ticket


def test_the_same_key_for_another_service_is_refused(store: Store) -> None:
    issue(store, "a key")
    with pytest.raises(Conflict, match="layanan lain"):
        issue(store, "a key", service="domisili")
    assert require_sound_tickets(store) == ["A-001"]


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_without_length_or_too_long_is_refused(store: Store, key: str) -> None:
    with pytest.raises(BadInput, match="1 sampai 128"):
        issue(store, key)


def test_eight_retries_at_once_draw_one_number(store: Store) -> None:
    start, got = threading.Barrier(8), list[tickets.Issued]()

    def work() -> None:
        start.wait()
        got.append(issue(store, "a key"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert {each.ticket.number for each in got} == {"A-001"}
    assert len({each.track for each in got}) == 1


def test_no_tracking_code_and_no_key_is_on_disk(store: Store, path: Path) -> None:
    keys = [f"the resident's key {at}" for at in range(20)]
    codes = [issue(store, key).track for key in keys] + [issue(store).track for _ in range(20)]
    data = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"A-001" in data
    for code in codes:
        assert set(code.replace("-", "")) <= set(TRACK_ALPHABET)
        assert code.encode() not in data
        assert code.replace("-", "").encode() not in data
    assert not any(key.encode() in data for key in keys)


def test_a_clock_set_back_restarts_no_number(store: Store, clock: ManualClock) -> None:
    assert issue(store).ticket.number == "A-001"
    day = tickets.today(store)
    clock.advance(-14 * 86_400)
    assert issue(store).ticket.number == "A-002"
    assert tickets.today(store) == day
    clock.advance(15 * 86_400)
    assert issue(store).ticket.number == "A-001"
    clock.advance(-86_400)
    assert issue(store).ticket.number == "A-002"
    assert [event.kind for event in events(store, Lane.SERVICE, 0, 10)].count("day.opened") == 2


def test_slips_are_printed_in_the_order_of_their_tickets_whatever_the_clock_does(
    store: Store, clock: ManualClock
) -> None:
    for _ in range(5):
        issue(store)
    clock.advance(-3600)
    issue(store)
    jobs, printed = PrintJobs(store), list[bytes]()
    while (job := jobs.next_queued()) is not None:
        printed.append(job.bytes)
        jobs.take(job.id, PrintAction.START)
    assert printed == [f"A-{ordinal:03d}".encode() for ordinal in range(1, 7)]


def test_an_officer_calls_whoever_waited_longest_and_the_wait_is_counted(store: Store, clock: ManualClock) -> None:
    issued = [issue(store) for _ in range(3)]
    called, _ = queue.call_next(store, desk(1, "Siti"))
    assert (called.number, called.state, called.counter, called.calls) == ("A-001", TicketState.CALLED, 1, 1)
    assert queue.at_counter(store, 1) == called
    assert tickets.ahead_of(store, issued[2].ticket) == 1
    assert hall.waiting_by_service(store, tickets.today(store)) == {"usaha": 2}
    queue.act(store, called.id, A.START, desk(1, "Siti"))
    clock.advance(600)
    visits.finish(store, called.id, desk(1, "Siti"))
    assert tickets.recent_visit_minutes(store, called.day) == [10.0]
    assert hall.tickets_by_state(store, called.day) == {"served": 1, "waiting": 2}
    kinds = [event.kind for event in events(store, Lane.SERVICE, 0, 20)]
    assert kinds[-3:] == ["ticket.called", "ticket.started", "ticket.served"]


def test_a_visit_that_went_on_at_another_counter_counts_only_its_own_minutes(store: Store, clock: ManualClock) -> None:
    ticket = issue(store).ticket
    queue.call_next(store, desk(1))
    queue.act(store, ticket.id, A.START, desk(1))
    clock.advance(5 * 60)
    visits.transfer(store, ticket.id, desk(1), None, 2, "", "berkas")
    clock.advance(60 * 60)
    queue.call_next(store, desk(2))
    clock.advance(7 * 60)
    visits.finish(store, ticket.id, desk(2))
    assert tickets.recent_visit_minutes(store, ticket.day) == [7.0]


def test_a_clock_that_is_put_right_during_a_visit_spoils_no_estimate(store: Store, clock: ManualClock) -> None:
    for minutes in (5, 300, 6):
        ticket = issue(store).ticket
        queue.call_next(store, desk())
        clock.advance(minutes * 60)
        visits.finish(store, ticket.id, desk())
    assert tickets.recent_visit_minutes(store, tickets.today(store) or "") == [5.0, 6.0]


def test_a_refused_step_changes_and_journals_nothing(store: Store) -> None:
    ticket = issue(store).ticket
    before = events(store, Lane.SERVICE, 0, 20)
    with pytest.raises(BadTransition, match="Nomor A-001 berstatus waiting"):
        visits.finish(store, ticket.id, desk())
    with pytest.raises(NotFound):
        queue.act(store, "nobody", A.HOLD, desk())
    assert events(store, Lane.SERVICE, 0, 20) == before
    assert tickets.find(store, ticket.id) == ticket


def test_the_journal_says_of_a_ticket_what_the_central_must_know(store: Store) -> None:
    issued = issue(store)
    told = msgspec.json.decode(events(store, Lane.SERVICE, 0, 10)[-1].body)
    assert told == {
        "id": issued.ticket.id,
        "number": "A-001",
        "series": "A",
        "ordinal": 1,
        "day": issued.ticket.day,
        "service": "usaha",
        "track_hash": track_hash(issued.track),
    }


def test_printed_slips_are_erased_when_the_next_day_opens(store: Store, clock: ManualClock) -> None:
    issue(store)
    jobs = PrintJobs(store)
    printed = jobs.next_queued()
    assert printed is not None
    for action in (PrintAction.START, PrintAction.WRITTEN, PrintAction.PROVEN):
        jobs.take(printed.id, action)
    clock.advance(24 * 3600)
    issue(store)
    (left, sha256), _ = store.all("SELECT bytes, sha256 FROM print_job ORDER BY id")
    assert (bytes(left), sha256) == (b"", printed.sha256)
