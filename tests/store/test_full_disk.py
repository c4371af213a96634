"""A disk that is really full: alarms are committed on the reserve, and everything else is told in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import ManualClock
from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.core.retention import RetentionSettings, Room
from kiosk.store import alerts, outbox, tickets
from kiosk.store.database import Store, open_store
from kiosk.store.journal import record
from kiosk.store.migrate import migrate
from kiosk.store.reserve import RESERVE_BYTES, free_on_disk, keep_reserve, reserve_file
from kiosk.store.retention import turn
from tests.store.checks import DEVICE, require_sound_journal, require_sound_tickets
from tests.store.small_disk import fill_up, small_disk, why_none
from tests.store.test_collapse import shape

SETTINGS = RetentionSettings(file_mib=64, thin_below_mib=4, refuse_below_mib=2)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    why = why_none(tmp_path)
    if why:
        pytest.skip(why)
    with small_disk(tmp_path / "disk", 16) as folder:
        yield folder


@pytest.fixture
def full(disk: Path) -> Iterator[Store]:
    """A store with its reserve on a disk that somebody else has filled to the last byte."""
    migrate(disk / "kiosk.db", DEVICE)
    store = open_store(disk / "kiosk.db", ManualClock())
    tickets.issue(store, "usaha", "A", 7, None, None)
    keep_reserve(store)
    store.one("PRAGMA wal_checkpoint(TRUNCATE)")
    fill_up(disk)
    yield store
    store.close()


def test_alarms_are_committed_on_a_full_disk_and_tickets_are_refused_in_words(full: Store) -> None:
    assert free_on_disk(full) == 0
    with pytest.raises(StoreError, match="penyimpanan tidak dapat dipakai"):
        tickets.issue(full, "usaha", "A", 7, None, None)
    first = alerts.raise_alert(full, AlertCode.PANIC, "button")
    alerts.advance(full, first.id, AlertAction.HAND, "mqtt")
    assert reserve_file(full).stat().st_size < RESERVE_BYTES
    assert [alert.id for alert in alerts.open_alerts(full)] == [first.id]
    require_sound_journal(full)


def test_the_reserve_bears_hundreds_of_alerts(full: Store) -> None:
    raised = [alerts.raise_alert(full, code, f"button@{at}") for at, code in enumerate([*AlertCode] * 50)]
    assert len(raised) >= 200
    require_sound_journal(full)


def test_a_step_that_meets_the_full_disk_takes_the_reserve_as_well(disk: Path) -> None:
    migrate(disk / "kiosk.db", DEVICE)
    store = open_store(disk / "kiosk.db", ManualClock())
    raised = alerts.raise_alert(store, AlertCode.FIRE, "screen")
    keep_reserve(store)
    store.one("PRAGMA wal_checkpoint(TRUNCATE)")
    fill_up(disk)
    assert alerts.advance(store, raised.id, AlertAction.HAND, "mqtt").evidence == 2
    store.close()


def test_an_alarm_that_fails_for_another_reason_leaves_the_reserve_alone(disk: Path) -> None:
    migrate(disk / "kiosk.db", DEVICE)
    store = open_store(disk / "kiosk.db", ManualClock())
    keep_reserve(store)
    store.one("PRAGMA query_only=1")
    with pytest.raises(StoreError, match="readonly"):
        alerts.raise_alert(store, AlertCode.FIRE, "screen")
    assert reserve_file(store).stat().st_size == RESERVE_BYTES
    store.close()


def test_without_a_reserve_a_full_disk_is_told_even_to_an_alarm(full: Store) -> None:
    path = reserve_file(full)
    path.unlink()
    fill_up(path.parent)
    with pytest.raises(StoreError):
        alerts.raise_alert(full, AlertCode.PANIC, "button")


def test_when_the_disk_has_room_again_the_reserve_returns_and_tickets_go_on(full: Store, disk: Path) -> None:
    alerts.raise_alert(full, AlertCode.PANIC, "button")
    assert turn(full, SETTINGS).room is Room.RESERVE
    (disk / "somebody-elses.log").unlink()
    found = turn(full, SETTINGS)
    assert (found.room, found.reserve) == (Room.PLENTY, True)
    assert tickets.issue(full, "usaha", "A", 7, None, None).ticket.number == "A-002"
    require_sound_tickets(full)


def test_a_disk_that_fills_slowly_loses_no_ticket_and_no_alarm(disk: Path) -> None:
    """A month without a network on a disk that is too small, then one last alarm."""
    migrate(disk / "kiosk.db", DEVICE)
    store = open_store(disk / "kiosk.db", ManualClock())
    turn(store, SETTINGS)
    fill_up(disk, leave_bytes=8 * 1_048_576)
    issued = 0
    while True:
        with store.write():
            for at in range(100):
                record(store, Lane.HEALTH, "measured", {"at": at, "what": "x" * 300})
        turn(store, SETTINGS)
        try:
            for _ in range(100):
                tickets.issue(store, "usaha", "A", 7, None, lambda _: b"slip" * 100)
                issued += 1
        except StoreError:
            break
    raised = alerts.raise_alert(store, AlertCode.PANIC, "button")
    assert issued > 400
    assert len(require_sound_tickets(store)) == issued
    require_sound_journal(store)
    assert outbox.backlogs(store)[Lane.SERVICE].acknowledged_seq == 0
    assert shape(store, Lane.SERVICE) == list(range(1, len(shape(store, Lane.SERVICE)) + 1))
    assert shape(store, Lane.HEALTH)[0] != 1
    assert alerts.find(store, raised.id) == raised
    store.close()
