"""Times of a kiosk whose clock was wrong, made right once its boot's clock is known; in any order, and only once."""

from __future__ import annotations

import itertools
import threading

import pytest

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane, canonical_json, chain_hash
from kiosk.core.ids import uuid7
from sync.central.boot_time import LAST_MS, BootClock, readings, settle, true_ms
from sync.central.store import AlertView, CentralStore
from tests.central.stories import DEVICE, EPOCH, NOW_MS, OTHER_DEVICE, Journal, raised

FORTNIGHT_MS = 14 * 86_400_000
BOOTED_MS = NOW_MS - 600_000  # ten minutes ago


def wrong(mono_ms: int, boot: str = "first", wall_ms: int | None = None) -> Moment:
    """By a clock that started in 1970 with the boot."""
    return Moment(mono_ms if wall_ms is None else wall_ms, False, boot, mono_ms)


def right(mono_ms: int, boot: str = "first", booted_ms: int = BOOTED_MS) -> Moment:
    return Moment(booted_ms + mono_ms, True, boot, mono_ms)


def write(lane: Lane, moments: list[Moment], device: str = DEVICE, kind: str = "weather.seen") -> Journal:
    """A lane with one event at each of these moments."""
    journal = Journal(lane, device)
    for seq, at in enumerate(moments, start=1):
        event = Event(device, EPOCH, lane, seq, kind, at, canonical_json({"seq": seq}))
        journal.hashes.append(chain_hash(journal.hashes[-1] if journal.hashes else START_HASH, event))
        journal.events.append(event)
    return journal


def press(at: Moment) -> tuple[str, Journal]:
    alert_id = uuid7()
    journal = Journal(Lane.ALARM)
    body = canonical_json(raised(alert_id) | {"raised_ms": at.wall_ms})
    event = Event(DEVICE, EPOCH, Lane.ALARM, 1, "alert.raised", at, body)
    journal.hashes.append(chain_hash(START_HASH, event))
    journal.events.append(event)
    return alert_id, journal


def times(store: CentralStore) -> list[int | None]:
    """By lane and number."""
    return [event.true_ms for event in sorted(store.events(), key=lambda event: (event.lane, event.seq))]


def test_a_clock_at_1970_is_repaired_back_to_the_boot_once_ntp_answers(store: CentralStore) -> None:
    journal = write(Lane.SERVICE, [wrong(10_000), wrong(20_000), right(60_000), right(70_000)])
    journal.send(store, 1, 2)
    assert times(store) == [None, None]
    journal.send(store, 3, 4)
    assert times(store) == [BOOTED_MS + mono_ms for mono_ms in (10_000, 20_000, 60_000, 70_000)]
    kept = store.events()[0]
    assert (kept.wall_ms, kept.synchronised, kept.hash) == (10_000, False, journal.hashes[0])


def test_a_clock_two_weeks_ahead_is_repaired_backwards(store: CentralStore) -> None:
    ahead = [wrong(mono_ms, wall_ms=BOOTED_MS + FORTNIGHT_MS + mono_ms) for mono_ms in (1_000, 2_000)]
    write(Lane.SERVICE, [*ahead, right(30_000)]).send(store)
    assert times(store) == [BOOTED_MS + 1_000, BOOTED_MS + 2_000, BOOTED_MS + 30_000]


def test_the_clock_of_one_boot_says_nothing_of_another(store: CentralStore) -> None:
    moments = [wrong(5_000, "first"), wrong(7_000, "second"), right(9_000, "second", BOOTED_MS + 100_000)]
    write(Lane.SERVICE, moments).send(store)
    assert times(store) == [None, BOOTED_MS + 107_000, BOOTED_MS + 109_000]


def test_the_clock_of_one_kiosk_says_nothing_of_another(store: CentralStore) -> None:
    write(Lane.SERVICE, [wrong(5_000)], OTHER_DEVICE).send(store)
    write(Lane.HEALTH, [right(9_000)]).send(store)
    assert times(store) == [BOOTED_MS + 9_000, None]


def test_a_clock_that_comes_first_by_another_lane_repairs_what_comes_later(store: CentralStore) -> None:
    write(Lane.HEALTH, [right(90_000)]).send(store)
    late = write(Lane.SERVICE, [wrong(10_000), wrong(20_000)])
    late.send(store, 2, 2)
    late.send(store, 1, 1)
    assert times(store) == [BOOTED_MS + 90_000, BOOTED_MS + 10_000, BOOTED_MS + 20_000]


def test_what_arrives_twice_changes_no_time(store: CentralStore) -> None:
    journal = write(Lane.SERVICE, [wrong(10_000), right(60_000), right(120_000, booted_ms=BOOTED_MS + 5_000)])
    for _ in range(2):
        journal.send(store)
        journal.send(store, 1, 2)
    assert times(store) == [BOOTED_MS + 15_000, BOOTED_MS + 60_000, BOOTED_MS + 125_000]
    assert store.faults() == {"quarantine": 0, "security_events": 0, "dropped": 0}


def test_the_newest_clock_of_a_boot_wins_in_whichever_order_it_comes(store: CentralStore) -> None:
    lanes = [
        write(Lane.HEALTH, [right(60_000, booted_ms=BOOTED_MS + 9_000)]),
        write(Lane.SERVICE, [wrong(10_000)]),
        write(Lane.ALARM, [right(120_000)]),
    ]
    for order, device in zip(itertools.permutations(lanes), map(str, range(6)), strict=True):
        for journal in order:
            moments = [event.moment for event in journal.events]
            write(journal.lane, moments, device).send(store)
    repaired = [event.true_ms for event in store.events() if event.lane is Lane.SERVICE]
    assert repaired == [BOOTED_MS + 10_000] * 6


def test_a_boot_without_a_name_is_never_repaired(store: CentralStore) -> None:
    pairs = [(wrong(10_000, boot), right(60_000, boot)) for boot in ("unknown", "\0")]
    write(Lane.SERVICE, [at for pair in pairs for at in pair]).send(store)
    assert times(store) == [None, BOOTED_MS + 60_000] * 2


def test_clocks_beyond_all_reason_are_kept_as_they_are_and_repair_nothing(store: CentralStore) -> None:
    far = 2**53  # the most that a message holds
    moments = [wrong(far), wrong(-far), Moment(-far, True, "first", far), Moment(far, True, "first", 5)]
    write(Lane.SERVICE, moments).send(store)
    assert times(store) == [None, None, -far, far]
    write(Lane.HEALTH, [right(60_000), wrong(70_000)]).send(store)
    assert times(store)[:2] == [BOOTED_MS + 60_000, BOOTED_MS + 70_000]
    assert times(store)[2:4] == [None, None]


def test_a_worker_that_learns_the_clock_and_one_that_adds_events_never_miss_each_other(store: CentralStore) -> None:
    for turn in range(20):
        boot, device = f"boot-{turn}", f"kiosk-{turn}"
        parts = [write(Lane.SERVICE, [wrong(1_000, boot)], device), write(Lane.HEALTH, [right(2_000, boot)], device)]
        start = threading.Barrier(2)

        def send(journal: Journal, start: threading.Barrier = start) -> None:
            start.wait()
            journal.send(store)

        workers = [threading.Thread(target=send, args=(part,)) for part in parts]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert [event.true_ms for event in store.events() if event.lane is Lane.SERVICE] == [BOOTED_MS + 1_000] * 20


@pytest.mark.parametrize("clock_first", [True, False])
def test_an_alert_shows_when_it_was_pressed_once_the_clock_is_known(store: CentralStore, clock_first: bool) -> None:
    alert_id, journal = press(wrong(10_000))
    clock = write(Lane.HEALTH, [right(60_000)])
    if not clock_first:
        journal.send(store)
        alert = store.alert(alert_id)
        assert (alert.raised_true_ms, alert.pressed_ms) == (None, alert.received_ms)
    before = store.change_mark()
    clock.send(store)
    assert store.change_mark() > before
    journal.send(store)
    alert = store.alert(alert_id)
    assert (alert.raised_ms, alert.raised_true_ms, alert.pressed_ms) == (10_000, *[BOOTED_MS + 10_000] * 2)
    assert [found.pressed_ms for found in store.open_alerts()] == [BOOTED_MS + 10_000]


def test_an_alert_is_never_shown_as_pressed_after_it_arrived(store: CentralStore) -> None:
    alert_id, journal = press(wrong(10_000))
    journal.send(store)
    write(Lane.HEALTH, [right(60_000, booted_ms=NOW_MS + FORTNIGHT_MS)]).send(store)
    assert store.alert(alert_id).pressed_ms == store.alert(alert_id).received_ms


def test_an_alert_with_a_right_clock_is_left_as_it_is(store: CentralStore) -> None:
    alert_id, journal = press(right(10_000))
    journal.send(store)
    write(Lane.HEALTH, [right(60_000, booted_ms=BOOTED_MS + 9_000)]).send(store)
    alert: AlertView = store.alert(alert_id)
    assert (alert.raised_true_ms, alert.pressed_ms) == (None, BOOTED_MS + 10_000)


def test_a_creeping_offset_stays_until_it_is_a_second_off() -> None:
    held = BootClock(1_000_000, 10)
    assert settle(held, BootClock(1_000_999, 20)) == BootClock(1_000_000, 20)
    assert settle(held, BootClock(1_001_000, 20)) == BootClock(1_001_000, 20)
    assert settle(held, BootClock(2_000_000, 9)) == held
    assert settle(held, BootClock()) == held
    assert settle(BootClock(), held) == held


def test_two_clocks_of_one_instant_are_settled_alike_from_either_side() -> None:
    one, other = BootClock(5_000, 10), BootClock(9_000, 10)
    assert settle(one, other) == settle(other, one) == other


def test_a_time_that_no_calendar_holds_is_none() -> None:
    assert true_ms(5, None) is None
    assert true_ms(5, -6) is None
    assert true_ms(5, -5) == 0
    assert true_ms(5, LAST_MS - 5) == LAST_MS
    assert true_ms(6, LAST_MS - 5) is None


def test_only_a_boot_that_was_seen_synchronised_has_a_reading_and_its_newest_speaks() -> None:
    events = write(Lane.SERVICE, [right(9, "b"), right(7, "b"), wrong(8, "a")]).events
    found = readings(reversed(events))
    assert found == {(DEVICE, "b"): BootClock(BOOTED_MS, 9)}
