"""The journal within its limits: tails by business days and rows, thinning, and the word that no room is left."""

from __future__ import annotations

import pytest

from firmware_bridge.replay import known_sources
from kiosk.core.alert import AlertCode
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.retention import MIB, RetentionSettings, Room
from kiosk.store import alerts, outbox, retention, tickets
from kiosk.store.database import Store
from kiosk.store.day_marks import aged_through
from kiosk.store.journal import record
from kiosk.store.parts import parts
from kiosk.store.reserve import RESERVE_BYTES, reserve_file
from kiosk.store.retention import Storage
from kiosk.store.room import NoRoom
from tests.store.checks import require_sound_journal
from tests.store.test_collapse import fill, shape

DAY_S = 86_400
ALL = RetentionSettings()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collapses two rows already, which a card would be too good for."""
    monkeypatch.setattr(retention, "COLLAPSE_FROM_ROWS", 2)


def settle(store: Store, settings: RetentionSettings = ALL) -> Storage:
    """Turns until nothing is left to do."""
    for _ in range(1_000):
        found = retention.turn(store, settings)
        require_sound_journal(store)
        if not found.unfinished:
            return found
    raise AssertionError("the retention never ends")


def short_of(store: Store, settings: RetentionSettings, monkeypatch: pytest.MonkeyPatch, free_bytes: int) -> None:
    """The disk has `free_bytes` left besides the free pages of our own file."""
    monkeypatch.setattr(retention, "free_on_disk", lambda _: free_bytes)


def open_day(store: Store, clock: ManualClock, tickets_a_day: int) -> None:
    clock.advance(DAY_S)
    for _ in range(tickets_a_day):
        tickets.issue(store, "usaha", "A", 7, None, None)


@pytest.mark.usefixtures("at_once")
def test_acknowledged_rows_go_after_seven_business_days_and_no_sooner(store: Store, clock: ManualClock) -> None:
    for _ in range(8):
        open_day(store, clock, 5)
    outbox.acknowledge(store, Lane.SERVICE, 9_999)
    settle(store)
    assert shape(store, Lane.SERVICE)[0] == 1
    open_day(store, clock, 1)
    settle(store)
    assert shape(store, Lane.SERVICE)[:2] == [(1, 12, True), 13]  # opened, five issued, five ended, closed


@pytest.mark.usefixtures("at_once")
def test_a_clock_that_leaps_a_year_is_one_day(store: Store, clock: ManualClock) -> None:
    open_day(store, clock, 5)
    outbox.acknowledge(store, Lane.SERVICE, 9_999)
    for _ in range(3):
        clock.advance(365 * DAY_S)
        open_day(store, clock, 1)
    settle(store)
    assert aged_through(store, Lane.SERVICE, 7) == 0
    assert shape(store, Lane.SERVICE)[0] == 1


@pytest.mark.usefixtures("at_once")
def test_what_the_central_does_not_hold_stays_however_old_it_is(store: Store, clock: ManualClock) -> None:
    for _ in range(12):
        open_day(store, clock, 5)
    settle(store)
    assert shape(store, Lane.SERVICE)[0] == 1
    outbox.acknowledge(store, Lane.SERVICE, 8)
    settle(store)
    assert shape(store, Lane.SERVICE)[:2] == [(1, 8, True), 9]


def test_a_tail_is_bounded_in_rows_too_and_its_gap_grows(store: Store) -> None:
    settings = RetentionSettings(tail_rows=1_000)
    for _ in range(3):
        fill(store, Lane.HEALTH, 1_500)
        outbox.acknowledge(store, Lane.HEALTH, 99_999)
        settle(store, settings)
    assert shape(store, Lane.HEALTH)[:2] == [(1, 3_500, True), 3_501]


def test_presses_that_the_box_repeats_are_known_after_the_tail_went(store: Store) -> None:
    with store.write():
        for at in range(2_500):
            record(store, Lane.ALARM, "alert.joined", {"id": "x", "presses": at, "source": f"panic@{at}"})
    outbox.acknowledge(store, Lane.ALARM, 2_500)
    known = known_sources(store)
    settle(store, RetentionSettings(tail_rows=1_000))
    assert shape(store, Lane.ALARM)[0] == (1, 1_500, True)
    assert known_sources(store) == known


def test_short_of_room_the_acknowledged_go_first_then_the_oldest_health_and_never_a_service_event(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, Lane.SERVICE, 3_000)
    fill(store, Lane.HEALTH, 3_000)
    outbox.acknowledge(store, Lane.SERVICE, 2_000)
    outbox.acknowledge(store, Lane.HEALTH, 1_200)
    short_of(store, ALL, monkeypatch, 40 * MIB)
    found = settle(store)
    assert found.room is Room.SHORT
    assert shape(store, Lane.SERVICE)[:2] == [(1, 1_000, True), 1_001]
    assert shape(store, Lane.HEALTH)[:3] == [(1, 1_200, True), (1_201, 2_500, False), 2_501]
    assert shape(store, Lane.HEALTH)[-1] == 3_001  # that room is short is an event as well


def test_thinning_stops_when_there_is_room_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, Lane.HEALTH, 8_000)
    enough = RetentionSettings(thin_below_mib=129)
    (pages,) = store.one("PRAGMA freelist_count") or (0,)
    short_of(store, enough, monkeypatch, 129 * MIB - pages * 4096 - 60_000)
    settle(store, enough)
    assert shape(store, Lane.HEALTH)[:2] == [(1, 1_000, False), 1_001]


def test_with_only_the_reserve_left_no_ticket_is_begun_but_what_is_begun_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tickets.issue(store, "usaha", "A", 7, "key", None)
    short_of(store, ALL, monkeypatch, 20 * MIB)
    assert settle(store).room is Room.RESERVE
    with pytest.raises(NoRoom, match="hampir penuh") as refused:
        tickets.issue(store, "usaha", "A", 7, "other", None)
    assert refused.value.http_status == 503
    assert tickets.issue(store, "usaha", "A", 7, "key", None) == begun
    assert alerts.raise_alert(store, AlertCode.PANIC, "button").presses == 1
    short_of(store, ALL, monkeypatch, 500 * MIB)
    assert settle(store).room is Room.PLENTY
    assert tickets.issue(store, "usaha", "A", 7, "other", None).ticket.ordinal == 2


def test_a_change_of_room_is_told_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for free_mib in (500, 500, 40, 40, 500, 500):
        short_of(store, ALL, monkeypatch, free_mib * MIB)
        settle(store)
    assert store.all("SELECT json_extract(body, '$.room') FROM journal WHERE kind = 'storage.room'") == [
        ("short",),
        ("plenty",),
    ]
    (part,) = parts(store)
    assert (part.name, part.ok, part.detail["room"]) == ("storage", True, "plenty")


def test_the_files_own_budget_counts_as_much_as_the_disk(store: Store) -> None:
    fill(store, Lane.HEALTH, 9_000)
    small = RetentionSettings(file_mib=6, thin_below_mib=5, refuse_below_mib=1)
    assert settle(store, small).room is not Room.RESERVE
    assert shape(store, Lane.HEALTH)[0] != 1


def test_the_reserve_is_kept_where_there_is_room_for_it(store: Store) -> None:
    assert settle(store).reserve
    assert reserve_file(store).stat().st_blocks * 512 >= RESERVE_BYTES
    reserve_file(store).unlink()
    assert settle(store).reserve
