"""What the central tells a kiosk changes the kiosk once, whatever order and how often it arrives."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.event import Lane
from kiosk.core.request import RequestState
from kiosk.store import commands, downlink
from kiosk.store.answers import Applied
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.request_updates import update_request
from tests.store.checks import require_sound_journal

REQUEST = "0199-request"


def told(store: Store, kind: str) -> list[dict[str, object]]:
    rows = events(store, Lane.SERVICE, 0, 1_000)
    return [msgspec.json.decode(event.body) for event in rows if event.kind == kind]


def take(store: Store, number: int, after: int, done: list[int]) -> Applied:
    def do() -> None:
        done.append(number)

    return downlink.take_message(store, number, after, "test", do)


@pytest.fixture
def request_id(store: Store) -> str:
    with store.write():
        columns = "id, service, state, track_hash, submitted_ms"
        store.run(f"INSERT INTO request ({columns}) VALUES (?, 'domisili', 'submitted', '', 1)", REQUEST)
    return REQUEST


def test_a_message_is_applied_once_and_an_early_one_waits(store: Store) -> None:
    done: list[int] = []
    assert take(store, 40, 17, done) is Applied.EARLY
    assert take(store, 17, 0, done) is Applied.DONE
    assert take(store, 17, 0, done) is Applied.KNOWN
    assert take(store, 40, 17, done) is Applied.DONE
    assert take(store, 17, 0, done) is Applied.KNOWN
    assert done == [17, 40]
    assert downlink.message_number(store) == 40


@given(arrivals=st.lists(st.integers(0, 4), min_size=5, max_size=40))
def test_any_order_of_arrivals_applies_a_prefix_once_and_in_order(arrivals: list[int]) -> None:
    numbers, held, done = [3, 10, 11, 500, 501], 0, []
    for at in [*arrivals, 0, 1, 2, 3, 4]:
        if downlink.judge(held, numbers[at], numbers[at - 1] if at else 0) is Applied.DONE:
            held = numbers[at]
            done.append(held)
    assert done == numbers


def test_what_fails_in_the_middle_uses_up_no_number(store: Store) -> None:
    def fails() -> str | None:
        store.run("INSERT INTO running_command (id, number, name) VALUES ('x', 1, 'x')")
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        downlink.take_message(store, 1, 0, "test", fails)
    assert downlink.message_number(store) == 0
    assert store.one("SELECT COUNT(*) FROM running_command") == (0,)


def update(store: Store, number: int, request: str, state: RequestState, note: str = "") -> Applied:
    return downlink.take_message(
        store, number, 0, "request.update", lambda: update_request(store, request, state, note)
    )


def test_a_request_moves_and_the_officers_words_stay_out_of_the_journal(store: Store, request_id: str) -> None:
    assert update(store, 1, request_id, RequestState.INCOMPLETE, "KK Ibu Siti belum dilampirkan") is Applied.DONE
    assert store.one("SELECT state, note FROM request") == ("incomplete", "KK Ibu Siti belum dilampirkan")
    assert told(store, "request.changed") == [
        {"id": request_id, "state": "incomplete", "from": "submitted", "by": "central"}
    ]
    assert not any(b"Siti" in event.body for event in events(store, Lane.SERVICE, 0, 100))
    require_sound_journal(store)


@pytest.mark.parametrize(
    ("request_of", "state"),
    [("another", RequestState.CHECKING), (REQUEST, RequestState.READY), (REQUEST, RequestState.SUBMITTED)],
)
def test_a_stranger_and_a_step_that_is_none_are_refused_and_the_number_is_used_up(
    store: Store, request_id: str, request_of: str, state: RequestState
) -> None:
    assert update(store, 9, request_of, state) is Applied.REFUSED
    assert store.one("SELECT state, note FROM request") == ("submitted", "")
    (refused,) = told(store, "message.refused")
    assert (refused["number"], refused["kind"]) == (9, "request.update")
    assert update(store, 9, request_id, RequestState.CHECKING) is Applied.KNOWN


def test_a_command_that_a_dead_process_left_gets_one_result(store: Store) -> None:
    with store.write():
        commands.begin(store, "c1", 1, "report")
        commands.begin(store, "c2", 2, "report")
    commands.finish(store, "c1", "report", True, {"x": 1})
    assert commands.finish_interrupted(store) == 1
    assert commands.finish_interrupted(store) == 0
    results = [(each["id"], each["ok"], each["why"]) for each in told(store, "command.result")]
    assert results == [("c1", True, ""), ("c2", False, "interrupted")]


def test_a_result_too_large_for_the_journal_is_a_failure_in_words(store: Store) -> None:
    commands.finish(store, "c1", "report", True, {"x": "y" * 9_000})
    (result,) = told(store, "command.result")
    assert (result["ok"], result["result"]) == (False, {})
    assert "8192" in str(result["why"])
