"""Gaps at the central: the cursor moves, the chain holds over them, and what is missing is counted."""

from __future__ import annotations

from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.gap import GAP_KIND, Gap, gap_body
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore, Committed, Cursor
from tests.central.stories import DEVICE, EPOCH, Journal, delivered, issued, numbers, raised


def collapsed(journal: Journal, first: int, last: int, acknowledged: bool = False) -> Event:
    """What the kiosk would send in place of the events first to last."""
    gap = Gap(first, last - first + 1, journal.hashes[last - 1].hex(), acknowledged)
    end = journal.events[last - 1]
    return Event(DEVICE, EPOCH, journal.lane, last, GAP_KIND, end.moment, gap_body(gap))


def send(store: CentralStore, journal: Journal, *events: Event) -> Committed:
    before = journal.hashes[events[0].seq - 2] if events[0].seq > 1 else START_HASH
    return store.commit(delivered(before, events, [journal.hashes[event.seq - 1] for event in events]))


def lane_of(lane: Lane, events: int) -> Journal:
    journal = Journal(lane)
    for ordinal in range(1, events + 1):
        if lane is Lane.SERVICE:
            journal.add("ticket.issued", issued(ordinal))
        elif lane is Lane.ALARM:
            journal.add("alert.raised", raised(uuid7()))
        else:
            journal.add("link.measured", {"at": ordinal})
    return journal


def faults(store: CentralStore) -> tuple[int, int]:
    found = store.faults()
    assert found["quarantine"] == 0
    return found["dropped"], found["security_events"]


def test_a_gap_moves_the_cursor_and_the_chain_goes_on_behind_it(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 9)
    send(store, journal, *journal.events[:2])
    assert send(store, journal, collapsed(journal, 3, 7), *journal.events[7:]).committed_through == 9
    assert store.cursors(DEVICE, EPOCH) == {Lane.HEALTH: Cursor(9, journal.hashes[-1])}
    assert [event.seq for event in store.events()] == [1, 2, 7, 8, 9]
    assert faults(store) == (5, 0)


def test_a_gap_that_reaches_back_over_what_is_held_counts_only_what_is_missing(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 9)
    send(store, journal, *journal.events[:4])
    assert send(store, journal, collapsed(journal, 1, 7, acknowledged=True)).committed_through == 7
    assert faults(store) == (3, 0)


def test_a_gap_over_what_is_held_wholly_is_no_clone_and_drops_nothing(store: CentralStore) -> None:
    journal = lane_of(Lane.SERVICE, 6)
    send(store, journal, *journal.events)
    for last in (4, 6):
        gap = collapsed(journal, 1, last, acknowledged=True)
        assert send(store, journal, gap) == Committed(committed_through=6, inserted=0)
    assert faults(store) == (0, 0)


def test_a_gap_does_not_leap_over_events_that_are_still_to_come(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 9)
    send(store, journal, journal.events[0])
    assert send(store, journal, collapsed(journal, 4, 6)).committed_through == 1
    assert faults(store) == (0, 0)
    assert send(store, journal, *journal.events[1:3]).committed_through == 6
    assert faults(store) == (3, 0)


def test_a_gap_whose_last_event_lies_here_behind_a_hole_fills_the_hole(store: CentralStore) -> None:
    """A batch overtook another that was lost, and the rows of both collapsed before they were sent again."""
    journal = lane_of(Lane.HEALTH, 9)
    send(store, journal, *journal.events[:2])
    send(store, journal, *journal.events[4:8])
    assert send(store, journal, collapsed(journal, 2, 6)) == Committed(committed_through=8, inserted=0)
    assert faults(store) == (2, 0)
    assert send(store, journal, journal.events[8]).committed_through == 9
    assert faults(store) == (2, 0)


def test_events_that_arrive_after_the_gap_that_gave_them_up_are_kept_and_no_longer_counted(store: CentralStore) -> None:
    journal = lane_of(Lane.SERVICE, 6)
    send(store, journal, collapsed(journal, 1, 5))
    assert faults(store) == (5, 1)
    send(store, journal, *journal.events[1:3])
    assert numbers(store.tickets()) == ["A-002", "A-003"]
    assert faults(store) == (3, 1)
    send(store, journal, *journal.events[1:3])
    assert faults(store) == (3, 1)


def test_gaps_that_grow_into_one_another_count_each_event_once(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 12)
    send(store, journal, collapsed(journal, 1, 4))
    send(store, journal, collapsed(journal, 1, 8))
    send(store, journal, collapsed(journal, 1, 4))
    send(store, journal, collapsed(journal, 3, 6))
    assert faults(store) == (8, 0)
    assert store.cursors(DEVICE, EPOCH)[Lane.HEALTH].committed_through == 8


def test_what_is_missing_of_alarms_and_services_is_somebodys_question_once(store: CentralStore) -> None:
    for lane in (Lane.ALARM, Lane.SERVICE):
        journal = lane_of(lane, 5)
        for _ in range(2):
            send(store, journal, collapsed(journal, 1, 3))
            send(store, journal, collapsed(journal, 4, 5, acknowledged=True))
    assert faults(store) == (10, 4)


def test_a_gap_with_another_hash_than_the_event_it_ends_with_is_a_clone(store: CentralStore) -> None:
    journal, clone = lane_of(Lane.HEALTH, 4), lane_of(Lane.HEALTH, 4)
    clone.hashes[3] = b"x" * 32
    send(store, journal, *journal.events)
    send(store, clone, collapsed(clone, 1, 4))
    assert faults(store) == (0, 1)
    assert store.cursors(DEVICE, EPOCH)[Lane.HEALTH].committed_through == 4


def test_a_chain_that_does_not_follow_from_a_gap_is_seen(store: CentralStore) -> None:
    journal = lane_of(Lane.HEALTH, 6)
    honest = journal.hashes[3]
    journal.hashes[3] = b"x" * 32
    gap = collapsed(journal, 1, 4)
    send(store, journal, gap, journal.events[4])
    assert faults(store) == (4, 1)
    journal.hashes[3] = honest
