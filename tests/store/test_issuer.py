"""Group commit: who waits shares a commit, each is answered for itself, and one bad wish spoils nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk.core.errors import BadInput, Conflict
from kiosk.core.waiting import Wait
from kiosk.store.database import Store
from kiosk.store.issue_batch import Issued, Wish
from kiosk.store.issuer import MOST_AT_ONCE, Issuer
from tests.store.checks import require_sound_journal, require_sound_tickets


def wish(key: str | None = None, service: str = "usaha", slip: Callable[[Issued], bytes] | None = None) -> Wish:
    return Wish(service, "A", key, slip, estimate=lambda ahead: Wait(ahead, ahead, 2 * ahead))


def all_at_once(store: Store, wishes: list[Wish]) -> tuple[list[Issued | Exception], int]:
    """What became of wishes that all wait behind one commit, and how many commits they took."""
    issuer, commits = Issuer(store, 7), list[str]()
    store.database.connection().set_trace_callback(None)  # type: ignore[no-untyped-call]

    def ask(one: Wish) -> Issued | Exception:
        store.database.connection().set_trace_callback(  # type: ignore[no-untyped-call]
            lambda sql: commits.append(sql) if sql == "COMMIT" else None
        )
        try:
            return issuer.issue(one)
        except (Conflict, ZeroDivisionError) as error:
            return error

    with ThreadPoolExecutor(len(wishes)) as threads:
        with issuer._turn:
            asked = [threads.submit(ask, one) for one in wishes]
            all_wait = threading.Event()
            while len(issuer._waiting) < len(wishes):
                all_wait.wait(0.001)
        return [one.result(30) for one in asked], len(commits)


def test_those_who_wait_share_one_commit_and_each_gets_a_number(store: Store) -> None:
    found, commits = all_at_once(store, [wish(f"key {at}") for at in range(20)])
    assert sorted(one.ticket.number for one in found if isinstance(one, Issued)) == require_sound_tickets(store)
    assert len(require_sound_tickets(store)) == 20
    assert sorted(one.ahead for one in found if isinstance(one, Issued)) == list(range(20))
    assert commits == 1
    require_sound_journal(store)
    assert store.one("SELECT COUNT(*) FROM ticket WHERE promised_max = 2 * promised_min") == (20,)


def test_a_crowd_larger_than_a_batch_is_served_in_several(store: Store) -> None:
    found, commits = all_at_once(store, [wish() for _ in range(MOST_AT_ONCE + 6)])
    assert len({one.ticket.number for one in found if isinstance(one, Issued)}) == MOST_AT_ONCE + 6
    assert commits == 2
    require_sound_tickets(store)


def test_the_same_key_twice_in_one_batch_is_one_ticket_and_for_another_service_a_refusal(store: Store) -> None:
    found, _ = all_at_once(store, [wish("mine"), wish("mine"), wish("mine", service="domisili"), wish("another")])
    assert len(require_sound_tickets(store)) == 2
    issued = [one for one in found if isinstance(one, Issued)]
    assert len(issued) == 3
    assert len({one.ticket.id for one in issued}) == 2
    assert len({one.track for one in issued}) == 2
    assert sum(isinstance(one, Conflict) for one in found) == 1


def test_what_nobody_foresaw_spoils_only_its_own_wish(store: Store) -> None:
    def broken(_: Issued) -> bytes:
        raise ZeroDivisionError

    found, _ = all_at_once(store, [wish(), wish(slip=broken), wish(slip=lambda issued: b"slip"), wish()])
    assert [type(one) for one in found].count(ZeroDivisionError) == 1
    assert require_sound_tickets(store) == ["A-001", "A-002", "A-003"]
    assert store.one("SELECT COUNT(*) FROM print_job") == (1,)
    require_sound_journal(store)


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_bad_key_is_refused_before_it_waits_for_anybody(key: str) -> None:
    with pytest.raises(BadInput, match="1 sampai 128"):
        wish(key)
