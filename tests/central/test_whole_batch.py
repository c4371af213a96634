"""The fast way of the usual batch leaves exactly what the careful way leaves, and steps aside for what is unusual."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.gap import Gap, gap_body
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore, migrate, open_central
from sync.central.store.database import Database
from sync.central.store.whole_batch import WholeBatch, prepare
from tests.central import stories
from tests.central.stories import DEVICE, EPOCH, NOW_MS, Journal, issued, raised

TABLES = (
    "segment",
    "segment_body",
    "stream",
    "ticket",
    "alert",
    "alert_step",
    "device",
    "boot_clock",
    "security_event",
    "quarantine",
)


def busy_morning() -> Journal:
    journal = Journal(Lane.SERVICE)
    ids = [uuid7(NOW_MS + at) for at in range(6)]
    for at, ticket_id in enumerate(ids, 1):
        journal.add("ticket.issued", issued(at, ticket_id, track=None))
        if at % 2:
            journal.add("ticket.called", {"id": ticket_id, "state": "called", "counter": at})
            journal.add("ticket.started", {"id": ticket_id, "state": "serving"}, synchronised=False)
    journal.add("ticket.served", {"id": ids[0], "state": "served", "counter": 2})
    journal.add("survey.answered", {"new": "kind"})
    return journal


def ready(journal: Journal, first: int = 1, last: int | None = None) -> WholeBatch:
    found = prepare(journal.delivery(first, last), 4)
    assert found is not None
    return found


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    try:
        with database.read() as connection:
            return {
                table: sorted(tuple(map(str, row)) for row in connection.execute(f"SELECT * FROM {table}"))
                for table in TABLES
            }
    finally:
        database.close()


def test_the_fast_way_leaves_the_same_rows_as_the_careful_way(tmp_path: Path) -> None:
    journal = busy_morning()
    found = []
    for name in ("careful", "fast"):
        url = f"sqlite:///{tmp_path}/{name}.db"
        migrate(url)
        store = open_central(url, ManualClock())
        store.enrol(DEVICE, stories.PUBLIC_KEY, stories.SITE)
        if name == "careful":
            journal.send(store)
            store.seen(DEVICE, NOW_MS + 60_000)
        else:
            assert store.commit_whole([ready(journal)])
        store.close()
        found.append(content(url))
    assert found[0] == found[1]


def test_an_alert_goes_between_two_parts_of_a_batch(store: CentralStore, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = busy_morning()
    asked = count()
    monkeypatch.setattr(Database, "somebody_urgent", lambda _self: next(asked) % 2 == 0)
    assert store.commit_whole([ready(journal, 1, 9), ready(journal, 10)])
    assert store.cursors(DEVICE, EPOCH)[Lane.SERVICE].committed_through == len(journal.events)
    kept = store.events()
    assert [(event.seq, event.hash) for event in kept] == list(enumerate(journal.hashes, start=1))
    assert len({event.arrival // 1_024 for event in kept}) > 2, "never was a batch cut"
    assert journal.send(store).inserted == 0
    assert not any(store.faults().values())


def test_batches_taken_whole_move_the_cursor_and_are_read_back(store: CentralStore) -> None:
    journal = busy_morning()
    assert store.commit_whole([ready(journal, 8), ready(journal, 1, 7)])
    cursor = store.cursors(DEVICE, EPOCH)[Lane.SERVICE]
    assert (cursor.committed_through, cursor.head_hash) == (len(journal.events), journal.hashes[-1])
    assert [event.body for event in store.events()] == [event.body for event in journal.events]
    states = {ticket.number: ticket.state for ticket in store.tickets()}
    assert (states["A-001"], states["A-002"], states["A-003"]) == ("served", "waiting", "serving")


@pytest.mark.parametrize("first", [1, 3, 9])
def test_what_does_not_follow_what_is_held_is_left_to_the_careful_way(store: CentralStore, first: int) -> None:
    journal = busy_morning()
    journal.send(store, 1, 5)
    assert not store.commit_whole([ready(journal, first)])
    assert store.cursors(DEVICE, EPOCH)[Lane.SERVICE].committed_through == 5


def test_a_chain_that_does_not_hold_is_left_to_the_careful_way(store: CentralStore) -> None:
    journal = busy_morning()
    journal.send(store, 1, 5)
    journal.hashes[4] = bytes(32)
    assert not store.commit_whole([ready(journal, 6)])


def test_a_ticket_that_is_known_is_left_to_the_careful_way(store: CentralStore) -> None:
    journal = busy_morning()
    journal.send(store)
    other = Journal(Lane.SERVICE, epoch="ffffffffffffffff")
    other.add_raw("ticket.issued", journal.events[0].body)
    assert not store.commit_whole([ready(other)])
    assert store.cursors(DEVICE, "ffffffffffffffff") == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("gap", gap_body(Gap(1, 1, "00" * 32, True))),
        ("ticket.issued", b'{"id":7}'),
        (
            "ticket.issued",
            b'{"id":"a","number":"A-001","series":"A","ordinal":1,"day":"2025-11-22","service":"x\\u0000"}',
        ),
    ],
)
def test_what_needs_a_careful_look_is_not_prepared(kind: str, body: bytes) -> None:
    journal = Journal(Lane.SERVICE)
    journal.add_raw(kind, body)
    assert prepare(journal.delivery(), 4) is None


def test_an_alert_may_go_the_fast_way_too(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alert.raised", raised(uuid7(NOW_MS)))
    assert store.commit_whole([ready(journal)])
    assert len(store.open_alerts()) == 1
