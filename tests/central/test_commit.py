"""A batch onto the disk, exactly once, whatever came before."""

from __future__ import annotations

import threading

import pytest

from kiosk.core.alert import AlertState, Evidence
from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane, chain_hash
from kiosk.core.ids import uuid7
from sync.central.store import CentralStore, Committed, Cursor
from tests.central.stories import DEVICE, EPOCH, NOW_MS, OTHER_DEVICE, Journal, delivered, issued, numbers, raised


def service_lane(tickets: int) -> Journal:
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, tickets + 1):
        journal.add("ticket.issued", issued(ordinal))
    return journal


def test_a_stream_that_never_sent_has_no_cursor(store: CentralStore) -> None:
    assert store.cursors(DEVICE, EPOCH) == {}


def test_committed_events_move_the_cursor_to_the_last_and_its_hash(store: CentralStore) -> None:
    journal = service_lane(5)
    assert journal.send(store) == Committed(committed_through=5, inserted=5)
    assert store.cursors(DEVICE, EPOCH) == {Lane.SERVICE: Cursor(5, journal.hashes[-1])}


def test_a_batch_that_arrives_twice_is_stored_once(store: CentralStore) -> None:
    journal = service_lane(5)
    journal.send(store)
    assert journal.send(store) == Committed(committed_through=5, inserted=0)
    assert len(store.events()) == 5
    assert numbers(store.tickets()) == ["A-001", "A-002", "A-003", "A-004", "A-005"]
    assert store.faults() == {"quarantine": 0, "security_events": 0, "dropped": 0}


def test_overlapping_batches_store_each_event_once(store: CentralStore) -> None:
    journal = service_lane(6)
    journal.send(store, 1, 4)
    assert journal.send(store, 3, 6) == Committed(committed_through=6, inserted=2)
    assert [event.seq for event in store.events()] == [1, 2, 3, 4, 5, 6]


def test_events_keep_every_part_of_their_moment_and_body(store: CentralStore) -> None:
    journal = Journal(Lane.SERVICE)
    event = journal.add("ticket.issued", issued(1), synchronised=False)
    journal.send(store)
    kept = store.events()[0]
    assert (kept.kind, kept.wall_ms, kept.synchronised, kept.body) == (
        "ticket.issued",
        event.moment.wall_ms,
        False,
        event.body,
    )
    assert kept.hash == chain_hash(START_HASH, event)


def test_the_cursor_stays_before_a_gap_and_passes_it_when_it_fills(store: CentralStore) -> None:
    journal = service_lane(6)
    journal.send(store, 1, 2)
    assert journal.send(store, 5, 6) == Committed(committed_through=2, inserted=2)
    assert numbers(store.tickets()) == ["A-001", "A-002", "A-005", "A-006"]
    assert journal.send(store, 3, 4) == Committed(committed_through=6, inserted=2)
    assert store.cursors(DEVICE, EPOCH)[Lane.SERVICE].head_hash == journal.hashes[-1]
    assert store.faults()["security_events"] == 0


def test_a_batch_that_bridges_what_is_known_on_both_sides_fills_the_gap(store: CentralStore) -> None:
    journal = service_lane(7)
    journal.send(store, 3, 3)
    journal.send(store, 6, 6)
    assert journal.send(store, 1, 5) == Committed(committed_through=6, inserted=4)
    assert journal.send(store, 7, 7) == Committed(committed_through=7, inserted=1)
    assert store.faults()["security_events"] == 0


def test_what_lies_behind_a_gap_is_projected_in_order_once_the_gap_fills(store: CentralStore) -> None:
    ticket_id = uuid7()
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(1, ticket_id))
    journal.add("ticket.called", {"id": ticket_id, "counter": 2, "state": "called"})
    journal.add("ticket.served", {"id": ticket_id, "counter": 2, "state": "served"})
    journal.send(store, 3, 3)
    journal.send(store, 2, 2)
    journal.send(store, 1, 1)
    (ticket,) = store.tickets()
    assert (ticket.state, ticket.counter) == ("served", 2)


def test_an_alert_behind_a_gap_is_shown_at_once(store: CentralStore) -> None:
    alert_id = uuid7()
    journal = Journal(Lane.ALARM)
    journal.add("alert.raised", raised(uuid7()))
    journal.add("alert.raised", raised(alert_id))
    assert journal.send(store, 2, 2).committed_through == 0
    assert [alert.id for alert in store.open_alerts()] == [alert_id]


def test_the_same_key_with_other_content_is_kept_beside_the_first_as_a_security_event(store: CentralStore) -> None:
    journal = service_lane(2)
    journal.send(store)
    clone = Journal(Lane.SERVICE)
    clone.add("ticket.issued", issued(77))
    assert clone.send(store) == Committed(committed_through=2, inserted=0)
    clone.send(store)
    assert numbers(store.tickets()) == ["A-001", "A-002"]
    assert store.faults() == {"quarantine": 0, "security_events": 1, "dropped": 0}


def test_a_hash_that_does_not_follow_is_a_security_event_and_holds_nothing_up(store: CentralStore) -> None:
    journal = service_lane(2)
    journal.send(store, 1, 1)
    journal.hashes = [b"x" * 32, chain_hash(b"x" * 32, journal.events[1])]
    assert journal.send(store, 2, 2) == Committed(committed_through=2, inserted=1)
    assert store.faults()["security_events"] == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ticket.issued", b'{"id":1}'),
        ("ticket.issued", b'{"id":"\xff\xfe"}'),
        ("ticket.called", b'{"id":"x","state":"flying"}'),
        ("ticket.called", b'{"id":"x\\u0000","state":"called"}'),
        ("alert.raised", b'{"id":[]}'),
        (
            "ticket.issued",
            b'{"id":"a","number":"A-1","series":"A","ordinal":99999999999999999999,"day":"2025-11-22","service":"s"}',
        ),
    ],
)
def test_a_poison_event_goes_to_quarantine_and_the_lane_moves_on(store: CentralStore, kind: str, body: bytes) -> None:
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(1))
    journal.add_raw(kind, body)
    journal.add("ticket.issued", issued(3))
    assert journal.send(store) == Committed(committed_through=3, inserted=3)
    assert numbers(store.tickets()) == ["A-001", "A-003"]
    assert store.faults() == {"quarantine": 1, "security_events": 0, "dropped": 0}
    journal.send(store)
    assert store.faults()["quarantine"] == 1


def test_names_that_no_column_can_hold_are_kept_as_they_came(store: CentralStore) -> None:
    at = Moment(wall_ms=NOW_MS, synchronised=True, boot="b\0t", mono_ms=0)
    odd = Event(DEVICE, EPOCH, Lane.HEALTH, 1, "a\0b", at, b'{"x":"\\u0000"}')
    came = delivered(START_HASH, [odd], [chain_hash(START_HASH, odd)])
    assert store.commit(came) == Committed(committed_through=1, inserted=1)
    assert not any(store.faults().values())
    (kept,) = store.events()
    assert (kept.kind, kept.body, kept.true_ms) == ("a\0b", odd.body, NOW_MS)


def test_an_unknown_kind_is_stored_raw_and_is_no_fault(store: CentralStore) -> None:
    journal = Journal(Lane.HEALTH)
    journal.add_raw("weather.seen", b'{"new":[1,2,3]}')
    journal.send(store)
    assert [event.kind for event in store.events()] == ["weather.seen"]
    assert store.faults()["quarantine"] == 0


def test_workers_with_the_same_batches_store_each_event_once(store: CentralStore) -> None:
    journal = service_lane(40)
    inserted: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        inserted.extend(journal.send(store, first, first + 9).inserted for first in range(1, 41, 10))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(inserted) == 40
    assert [event.seq for event in store.events()] == list(range(1, 41))
    assert store.cursors(DEVICE, EPOCH)[Lane.SERVICE].committed_through == 40
    assert store.faults() == {"quarantine": 0, "security_events": 0, "dropped": 0}


def test_an_alert_follows_what_its_kiosk_tells_of_it(store: CentralStore) -> None:
    alert_id = uuid7()
    journal = Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id))
    journal.add("alert.joined", {"id": alert_id, "presses": 3})
    journal.add("alert.evidence", {"id": alert_id, "state": "carried", "evidence": 3, "path": "mqtt PUBACK"})
    journal.send(store)
    alert = store.alert(alert_id)
    assert (alert.state, alert.evidence, alert.presses) == (AlertState.RECEIVED, Evidence.RECEIVED, 3)
    assert [step.action for step in alert.steps] == ["receive", "evidence"]

    journal.add("alert.evidence", {"id": alert_id, "state": "unanswered", "evidence": 4, "path": ""})
    journal.send(store, 4)
    assert store.alert(alert_id).state is AlertState.UNANSWERED
    journal.add("alert.cancelled", {"id": alert_id})
    journal.send(store, 5)
    assert store.alert(alert_id).state is AlertState.CANCEL_REQUESTED
    assert store.alert(alert_id).is_open


def test_an_alert_code_that_this_release_does_not_know_is_shown_all_the_same(store: CentralStore) -> None:
    journal = Journal(Lane.ALARM)
    journal.add("alert.raised", raised(uuid7(), code="duress"))
    journal.send(store)
    assert [alert.words for alert in store.open_alerts()] == ["Darurat (duress)"]


def test_a_device_cannot_change_what_is_another_devices(store: CentralStore) -> None:
    alert_id, ticket_id = uuid7(), uuid7()
    alarm, service = Journal(Lane.ALARM), Journal(Lane.SERVICE)
    alarm.add("alert.raised", raised(alert_id))
    service.add("ticket.issued", issued(1, ticket_id))
    alarm.send(store)
    service.send(store)
    thief_alarm, thief_service = Journal(Lane.ALARM, OTHER_DEVICE), Journal(Lane.SERVICE, OTHER_DEVICE)
    thief_alarm.add("alert.cancelled", {"id": alert_id})
    thief_service.add("day.opened", {"day": "2025-11-22"})
    thief_service.add("ticket.served", {"id": ticket_id, "counter": 1, "state": "served"})
    thief_alarm.send(store)
    thief_service.send(store)
    assert store.alert(alert_id).state is AlertState.RECEIVED
    assert store.tickets()[0].state == "waiting"


def test_requests_follow_their_kiosk(store: CentralStore) -> None:
    request_id = uuid7()
    journal = Journal(Lane.SERVICE)
    journal.add("request.submitted", {"id": request_id, "service": "sktm", "track_hash": "a" * 64, "sealed": "AAAA"})
    journal.add("request.changed", {"id": request_id, "state": "ready"})
    journal.send(store)
    tracked = store.track("a" * 64)
    assert (tracked.kind, tracked.state, tracked.number) == ("request", "ready", None)


def test_the_business_day_only_advances(store: CentralStore) -> None:
    journal = Journal(Lane.SERVICE)
    journal.add("day.opened", {"day": "2025-11-23"})
    journal.add("ticket.issued", issued(1))
    journal.send(store)
    assert store.site("31.74.05.1001").business_day == "2025-11-23"


def test_the_latest_heartbeat_is_kept_per_device(store: CentralStore) -> None:
    journal = Journal(Lane.HEALTH)
    journal.add("heartbeat", {"disk_free_mb": 900})
    journal.add("heartbeat", {"disk_free_mb": 800})
    journal.send(store)
    (device,) = store.devices()
    assert device.reports["heartbeat"]["body"] == {"disk_free_mb": 800}
    assert len(store.events()) == 2


def test_every_visible_change_raises_the_mark_and_nothing_else_does(store: CentralStore) -> None:
    before = store.change_mark()
    journal = service_lane(1)
    journal.send(store)
    after = store.change_mark()
    assert after > before
    assert store.change_mark() == after
