"""The tables of tickets, requests and print jobs, restated as pictures, and what must hold of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadTransition, KentonganError
from kiosk.core.print_job import PRINT_STATE_WORDS, PRINT_STEPS, Job, PrintAction, PrintState
from kiosk.core.print_job import after as after_print
from kiosk.core.request import REQUEST_STATE_WORDS, REQUEST_STEPS, RequestAction, RequestState, ServiceRequest
from kiosk.core.request import after as after_request
from kiosk.core.ticket import TICKET_STATE_WORDS, TICKET_STEPS, Ticket, TicketAction, TicketState, number
from kiosk.core.ticket import after as after_ticket
from kiosk.core.transition import step

Table = Mapping[tuple[StrEnum, StrEnum], StrEnum]

TICKET = """
          call    recall  start    finish  no-show  hold  take-back  transfer  book    enter    add-service  grant-priority  revoke-priority  carry-over  end
waiting   called  -       -        -       -        held  -          waiting   booked  -        -            waiting         waiting          waiting     ended
called    -       called  serving  served  no-show  held  waiting    waiting   -       -        -            -               -                waiting     ended
serving   -       -       -        served  -        held  -          waiting   -       -        serving      -               -                held        ended
held      called  -       -        -       -        -     waiting    waiting   booked  -        -            held            held             held        ended
served    -       -       -        -       -        -     -          -         -       -        -            -               -                -           -
no-show   called  -       -        -       -        -     waiting    -         -       -        -            -               -                -           ended
ended     -       -       -        -       -        -     -          -         -       -        -            -               -                -           -
booked    called  -       -        -       -        -     -          -         -       waiting  -            booked          booked           booked      ended
"""  # noqa: E501 - a picture of a table is as wide as the table
REQUEST = """
            check     ask         complete  pass     sign   collect    cancel     refuse
submitted   checking  incomplete  -         -        -      -          cancelled  -
incomplete  -         -           checking  -        -      -          cancelled  -
checking    -         incomplete  -         signing  -      -          cancelled  refused
signing     -         incomplete  -         -        ready  -          cancelled  -
ready       -         -           -         -        -      collected  -          -
collected   -         -           -         -        -      -          -          -
cancelled   -         -           -         -        -      -          -          -
refused     -         -           -         -        -      -          -          -
"""
PRINT = """
           start    written  proven     silent   broken   refused
queued     sending  -        -          -        -        failed
sending    -        sent     -          -        unknown  queued
sent       -        -        confirmed  unknown  unknown  -
confirmed  -        -        -          -        -        -
unknown    -        -        -          -        -        -
failed     -        -        -          -        -        -
"""


def drawn(table: Table, states: type[StrEnum], actions: type[StrEnum]) -> list[list[str]]:
    cells = [[table[s, a].value if (s, a) in table else "-" for a in actions] for s in states]
    return [
        [action.value for action in actions],
        *([s.value, *row] for s, row in zip(states, cells, strict=True)),
    ]


def reached(table: Table, start: StrEnum) -> set[StrEnum]:
    found, grew = {start}, True
    while grew:
        more = {then for (state, _), then in table.items() if state in found} - found
        found, grew = found | more, bool(more)
    return found


TABLES = [
    pytest.param(TICKET_STEPS, TicketState, TicketAction, TICKET, {"served", "ended"}, id="ticket"),
    pytest.param(
        REQUEST_STEPS, RequestState, RequestAction, REQUEST, {"collected", "cancelled", "refused"}, id="request"
    ),
    pytest.param(PRINT_STEPS, PrintState, PrintAction, PRINT, {"confirmed", "unknown", "failed"}, id="print job"),
]


@pytest.mark.parametrize(("table", "states", "actions", "picture", "ends"), TABLES)
def test_the_table_is_as_designed(
    table: Table, states: type[StrEnum], actions: type[StrEnum], picture: str, ends: set[str]
) -> None:
    assert drawn(table, states, actions) == [line.split() for line in picture.strip().splitlines()]


@pytest.mark.parametrize(("table", "states", "actions", "picture", "ends"), TABLES)
def test_no_path_leads_out_of_an_end_and_every_state_can_reach_one(
    table: Table, states: type[StrEnum], actions: type[StrEnum], picture: str, ends: set[str]
) -> None:
    assert {state.value for state in states if reached(table, state) == {state}} == ends
    for state in states:
        assert reached(table, state) & {states(end) for end in ends}
    assert reached(table, next(iter(states))) == set(states)


@pytest.mark.parametrize(("table", "states", "actions", "picture", "ends"), TABLES)
def test_whatever_the_table_does_not_have_is_refused_by_name(
    table: Table, states: type[StrEnum], actions: type[StrEnum], picture: str, ends: set[str]
) -> None:
    for state in states:
        for action in actions:
            if (state, action) not in table:
                with pytest.raises(BadTransition, match=f"Ini berstatus {state.value}: tidak dapat {action.value}"):
                    step(table, "Ini", state, action)


def test_every_state_has_words_for_people() -> None:
    assert set(TICKET_STATE_WORDS) == set(TicketState)
    assert set(REQUEST_STATE_WORDS) == set(RequestState)
    assert set(PRINT_STATE_WORDS) == set(PrintState)


@given(st.lists(st.sampled_from(TicketAction), max_size=40))
def test_a_ticket_is_served_at_most_once(taken: list[TicketAction]) -> None:
    state, served = TicketState.WAITING, 0
    for action in taken:
        if (state, action) in TICKET_STEPS:
            state = TICKET_STEPS[state, action]
            served += state is TicketState.SERVED
    assert served <= 1


@given(st.lists(st.sampled_from(PrintAction), max_size=40))
def test_once_a_byte_may_be_on_paper_a_job_is_never_queued_again(taken: list[PrintAction]) -> None:
    state, left = PrintState.QUEUED, False
    for action in taken:
        if (state, action) in PRINT_STEPS:
            state = PRINT_STEPS[state, action]
            left = left or state in (PrintState.SENT, PrintState.UNKNOWN)
            assert not (left and state in (PrintState.QUEUED, PrintState.SENDING))


def test_a_refusal_names_the_thing_as_its_owner_knows_it() -> None:
    ticket = Ticket("id", "2025-11-22", "A", 17, "usaha", TicketState.SERVED, 1, 1)
    with pytest.raises(BadTransition, match="Nomor A-017"):
        after_ticket(ticket, TicketAction.CALL)
    with pytest.raises(BadTransition, match="Permohonan berstatus ready"):
        after_request(ServiceRequest("id", "usaha", RequestState.READY, 1), RequestAction.CANCEL)
    with pytest.raises(BadTransition, match="Cetakan 123456") as refused:
        after_print(Job("0123456", "t", PrintState.FAILED, b"", ""), PrintAction.START)
    assert isinstance(refused.value, KentonganError)
    assert (refused.value.code, refused.value.http_status) == ("bad-transition", 409)


def test_a_number_has_three_digits_and_grows_a_fourth() -> None:
    assert [number("A", ordinal) for ordinal in (1, 17, 999, 1000)] == ["A-001", "A-017", "A-999", "A-1000"]
