"""Requests, complaints and survey answers on disk: once, sealed, erased in time, and nothing that leads to a person."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.complaint import ComplaintAction, ComplaintKind, ComplaintState
from kiosk.core.errors import BadInput, BadTransition, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.ids import track_hash
from kiosk.core.request import RequestState
from kiosk.core.survey import ELEMENTS
from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.complaints import advance_complaint, complaint_envelope, file_complaint, find_complaint
from kiosk.store.database import Store
from kiosk.store.erasure import erase_due, held
from kiosk.store.journal import events
from kiosk.store.request_updates import update_request
from kiosk.store.requests import envelope_of, find_request, submit
from kiosk.store.submissions import Submission, find_case, submitted_with
from kiosk.store.surveys import AnsweredBefore, NotServed, answer_survey, survey_index
from kiosk.store.tickets import issue

DAY_S = 86_400.0
NINE = dict.fromkeys(ELEMENTS, 4)


def request(store: Store, key: str = "kunci-1") -> Submission:
    return submit(store, "usaha", lambda case: b"sealed:" + case.encode(), key, 7)


def complaint(store: Store, key: str = "kunci-2") -> Submission:
    return file_complaint(
        store, ComplaintKind.SERVICE, "pungli", True, lambda case: b"sealed", key, promise_h=24, utc_offset_h=7
    )


def as_served(ticket: Ticket) -> Ticket:
    return msgspec.structs.replace(ticket, state=TicketState.SERVED)


def open_new_day(store: Store, clock: ManualClock) -> None:
    clock.advance(DAY_S)
    issue(store, "usaha", "A", 7, None, None)


def test_a_request_is_committed_with_its_envelope_and_found_by_its_code(store: Store) -> None:
    done = request(store)
    found, note = find_request(store, done.case_id)
    assert (found.service, found.state, note) == ("usaha", RequestState.SUBMITTED, "")
    assert envelope_of(store, done.case_id) == b"sealed:" + done.case_id.encode()
    assert find_case(store, track_hash(done.track)) == ("request", done.case_id)
    assert "request.submitted" in [event.kind for event in events(store, Lane.SERVICE, 0, 10)]


def test_the_same_key_is_one_request_with_one_code(store: Store) -> None:
    assert request(store) == request(store)
    assert submitted_with(store, "kunci-1") == request(store)
    assert store.one("SELECT COUNT(*) FROM request") == (1,)


def test_a_key_of_a_request_brings_no_complaint(store: Store) -> None:
    request(store, "sama")
    with pytest.raises(Conflict):
        complaint(store, "sama")
    assert store.one("SELECT COUNT(*) FROM complaint") == (0,)


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_that_is_none_brings_nothing(store: Store, key: str) -> None:
    with pytest.raises(BadInput):
        request(store, key)


def test_the_database_tells_no_code(store: Store) -> None:
    done = request(store)
    dump = "\n".join(store.database.connection().iterdump())  # type: ignore[no-untyped-call]
    assert done.track not in dump
    assert done.track.replace("-", "") not in dump
    assert "kunci-1" not in dump


def test_a_complaint_is_promised_an_answer_and_its_clock_starts_with_the_commit(
    store: Store, clock: ManualClock
) -> None:
    found = find_complaint(store, complaint(store).case_id)
    assert found.due_ms - found.filed_ms == 24 * 3_600_000
    assert not found.is_overdue(store.now().wall_ms)
    clock.advance(DAY_S + 1)
    assert find_complaint(store, found.id).is_overdue(store.now().wall_ms)


def test_passing_a_complaint_on_is_no_answer_but_answering_keeps_the_promise(store: Store, clock: ManualClock) -> None:
    case = complaint(store).case_id
    assert advance_complaint(store, case, ComplaintAction.FORWARD, "Ratna").answered_ms is None
    answered = advance_complaint(store, case, ComplaintAction.ANSWER, "Ratna", "Petugas sudah ditegur.")
    assert (answered.state, answered.note) == (ComplaintState.ANSWERED, "Petugas sudah ditegur.")
    clock.advance(2 * DAY_S)
    assert not find_complaint(store, case).is_overdue(store.now().wall_ms)
    with pytest.raises(BadTransition):
        advance_complaint(store, case, ComplaintAction.FORWARD, "Ratna")


def test_what_was_written_is_erased_some_business_days_after_the_end(store: Store, clock: ManualClock) -> None:
    asked, complained = request(store), complaint(store)
    with store.write():
        update_request(store, asked.case_id, RequestState.CANCELLED, "Dibatalkan oleh Bu Sri")
    advance_complaint(store, complained.case_id, ComplaintAction.REFUSE, "Ratna", "Bukan wewenang kami")
    assert held(store) == {"request": 1, "complaint": 1}
    for _ in range(3):
        assert erase_due(store, personal_days=3) == 0
        open_new_day(store, clock)
    open_new_day(store, clock)
    assert erase_due(store, personal_days=3) == 2
    assert (envelope_of(store, asked.case_id), complaint_envelope(store, complained.case_id)) == (None, None)
    assert find_request(store, asked.case_id)[0].state is RequestState.CANCELLED
    assert find_request(store, asked.case_id)[1] == ""
    assert erase_due(store, personal_days=3) == 0


def test_a_case_under_way_keeps_its_envelope(store: Store, clock: ManualClock) -> None:
    request(store)
    for _ in range(6):
        open_new_day(store, clock)
    assert erase_due(store, personal_days=3) == 0


def test_a_clock_that_leaps_a_year_erases_nothing(store: Store, clock: ManualClock) -> None:
    done = request(store)
    with store.write():
        update_request(store, done.case_id, RequestState.CANCELLED, "")
    clock.advance(365 * DAY_S)
    issue(store, "usaha", "A", 7, None, None)
    assert erase_due(store, personal_days=3) == 0


def test_a_served_ticket_answers_the_survey_once(store: Store) -> None:
    ticket = issue(store, "usaha", "A", 7, None, None).ticket
    with pytest.raises(NotServed):
        answer_survey(store, ticket, NINE)
    served = as_served(ticket)
    answer_survey(store, served, NINE)
    with pytest.raises(AnsweredBefore):
        answer_survey(store, served, NINE)
    found = survey_index(store, datetime.fromtimestamp(0, UTC).date().isoformat())
    assert found is not None
    assert (str(found.value), found.grade, found.answers) == ("100.00", "A", 1)


def test_no_row_and_no_event_leads_from_an_answer_to_its_ticket(store: Store) -> None:
    ticket = issue(store, "usaha", "A", 7, None, None).ticket
    answer_survey(store, as_served(ticket), NINE)
    row = store.one("SELECT * FROM survey_answer")
    assert row
    event = events(store, Lane.SERVICE, 0, 50)[-1]
    assert event.kind == "survey.answered"
    for told in (str(row), event.body.decode()):
        assert ticket.id not in told
        assert ticket.number not in told


def test_a_code_that_leads_nowhere_says_so(store: Store) -> None:
    with pytest.raises(NotFound, match="tanda terima"):
        find_case(store, "0" * 64)
