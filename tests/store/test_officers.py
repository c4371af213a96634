"""Officers: five tries, then a while of nothing, however they are made."""

from __future__ import annotations

import threading

import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import NotAllowed
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.officers import LOCKED_FOR_S, TRIES, Officer, add_officer, names, sign_in

RIGHT, WRONG = "246810", "000000"


@pytest.fixture(autouse=True)
def siti(store: Store) -> None:
    add_officer(store, "Siti", RIGHT, "supervisor")


def fail(store: Store, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed, match="tidak cocok"):
            sign_in(store, "Siti", WRONG)


def test_the_right_pin_lets_in_and_forgives(store: Store) -> None:
    for _ in range(3):
        fail(store, TRIES - 1)
        assert sign_in(store, "Siti", RIGHT) == Officer("Siti", "supervisor")


def test_a_wrong_pin_and_a_stranger_are_answered_alike(store: Store) -> None:
    with pytest.raises(NotAllowed) as wrong:
        sign_in(store, "Siti", WRONG)
    with pytest.raises(NotAllowed) as stranger:
        sign_in(store, "Nobody", RIGHT)
    assert str(wrong.value) == str(stranger.value)


def test_the_fifth_wrong_pin_locks_even_the_right_one_out_for_a_while(store: Store, clock: ManualClock) -> None:
    fail(store, TRIES)
    with pytest.raises(NotAllowed, match="dalam 5 menit"):
        sign_in(store, "Siti", RIGHT)
    clock.advance(LOCKED_FOR_S - 1)
    with pytest.raises(NotAllowed, match="dalam 1 menit"):
        sign_in(store, "Siti", RIGHT)
    clock.advance(1)
    assert sign_in(store, "Siti", RIGHT).name == "Siti"


def test_after_a_lock_a_thief_has_no_more_than_five_tries_again(store: Store, clock: ManualClock) -> None:
    fail(store, TRIES)
    clock.advance(LOCKED_FOR_S)
    fail(store, TRIES)
    with pytest.raises(NotAllowed, match="Terkunci"):
        sign_in(store, "Siti", RIGHT)


def test_guesses_made_all_at_once_are_counted_each(store: Store) -> None:
    start, said = threading.Barrier(16), list[str]()

    def guess() -> None:
        start.wait()
        try:
            sign_in(store, "Siti", WRONG)
        except NotAllowed as error:
            said.append(str(error))

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 16
    assert sum("tidak cocok" in words for words in said) == TRIES
    with pytest.raises(NotAllowed, match="Terkunci"):
        sign_in(store, "Siti", RIGHT)


def test_a_clock_set_back_locks_nobody_out_for_weeks(store: Store, clock: ManualClock) -> None:
    fail(store, TRIES)
    clock.advance(-14 * 86_400)
    with pytest.raises(NotAllowed, match="dalam 5 menit"):
        sign_in(store, "Siti", RIGHT)
    clock.advance(LOCKED_FOR_S)
    assert sign_in(store, "Siti", RIGHT).name == "Siti"


def test_a_new_pin_lifts_the_lock(store: Store) -> None:
    fail(store, TRIES)
    add_officer(store, "Siti", "135790")
    assert sign_in(store, "Siti", "135790").role == "officer"
    assert names(store) == ["Siti"]


def test_failures_are_journalled_without_the_pin_and_the_pin_is_not_on_disk(store: Store) -> None:
    fail(store, TRIES)
    rows = [event for event in events(store, Lane.SERVICE, 0, 20) if event.kind == "officer.sign-in-failed"]
    assert [b'"locked":true' in row.body for row in rows] == [False] * (TRIES - 1) + [True]
    data = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
    assert RIGHT.encode() not in data
    assert WRONG.encode() not in data
