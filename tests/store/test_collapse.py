"""Rows become a gap in one step: the chain holds, nothing is lost count of, and a power cut leaves all or nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import StoreError
from kiosk.core.event import START_HASH, Event, Lane
from kiosk.core.gap import Gap, gap_of
from kiosk.store import outbox
from kiosk.store.collapse import collapse
from kiosk.store.database import Store, open_store
from kiosk.store.journal import events, following, hash_after, record
from kiosk.store.migrate import migrate
from tests.store.checks import DEVICE, require_sound_journal
from tests.store.test_power_cuts import DYING, deaths


def fill(store: Store, lane: Lane, rows: int) -> list[Event]:
    with store.write():
        return [record(store, lane, "x", {"at": at}) for at in range(rows)]


def shape(store: Store, lane: Lane) -> list[object]:
    """Numbers of plain events, and (first, last, acknowledged) of gaps."""
    gaps = [(event.seq, gap_of(event)) for event in events(store, lane, 0, 1_000_000)]
    return [seq if gap is None else (gap.first, gap.last, gap.acknowledged) for seq, gap in gaps]


def test_acknowledged_rows_become_one_gap_that_counts_them(store: Store) -> None:
    fill(store, Lane.SERVICE, 10)
    outbox.acknowledge(store, Lane.SERVICE, 7)
    hashed = hash_after(store, Lane.SERVICE, 6)
    assert collapse(store, Lane.SERVICE, 0, 6) == 5
    assert shape(store, Lane.SERVICE) == [(1, 6, True), 7, 8, 9, 10]
    assert gap_of(events(store, Lane.SERVICE, 0, 1)[0]) == Gap(1, 6, hashed.hex(), True)
    require_sound_journal(store)


def test_what_the_central_never_had_is_not_called_acknowledged_not_even_in_a_greater_gap(store: Store) -> None:
    fill(store, Lane.HEALTH, 12)
    outbox.acknowledge(store, Lane.HEALTH, 4)
    collapse(store, Lane.HEALTH, 4, 8)
    assert shape(store, Lane.HEALTH) == [1, 2, 3, 4, (5, 8, False), 9, 10, 11, 12]
    outbox.acknowledge(store, Lane.HEALTH, 12)
    collapse(store, Lane.HEALTH, 0, 10)
    assert shape(store, Lane.HEALTH) == [(1, 10, False), 11, 12]
    require_sound_journal(store)


def test_a_long_run_is_collapsed_in_steps_and_ends_as_one_gap(store: Store) -> None:
    fill(store, Lane.HEALTH, 25)
    freed = []
    while left := collapse(store, Lane.HEALTH, 0, 22, rows_most=10):
        freed.append(left)
        require_sound_journal(store)
    assert freed == [9, 9, 3]
    assert shape(store, Lane.HEALTH) == [(1, 22, False), 23, 24, 25]


def test_a_single_row_or_none_is_left_as_it_is(store: Store) -> None:
    fill(store, Lane.HEALTH, 3)
    assert collapse(store, Lane.HEALTH, 0, 1) == 0
    assert collapse(store, Lane.HEALTH, 3, 9) == 0
    assert shape(store, Lane.HEALTH) == [1, 2, 3]


def test_new_events_go_on_behind_a_journal_that_is_one_gap(store: Store) -> None:
    fill(store, Lane.HEALTH, 5)
    collapse(store, Lane.HEALTH, 0, 5)
    fill(store, Lane.HEALTH, 2)
    assert shape(store, Lane.HEALTH) == [(1, 5, False), 6, 7]
    require_sound_journal(store)


def test_reading_on_from_inside_a_collapsed_run_gives_its_gap(store: Store) -> None:
    made = fill(store, Lane.SERVICE, 10)
    hashes = [START_HASH, *(hash_after(store, Lane.SERVICE, event.seq) for event in made)]
    assert following(store, Lane.SERVICE, 0, 2) == (START_HASH, made[:2])
    assert following(store, Lane.SERVICE, 3, 2) == (hashes[3], made[3:5])
    collapse(store, Lane.SERVICE, 0, 6)
    before, found = following(store, Lane.SERVICE, 3, 2)
    assert (before, [event.seq for event in found]) == (START_HASH, [6, 7])
    assert following(store, Lane.SERVICE, 6, 9) == (hashes[6], made[6:])
    assert following(store, Lane.SERVICE, 10, 9) == (hashes[10], [])
    assert following(store, Lane.SERVICE, 99, 9) == (START_HASH, [])


def test_a_torn_journal_is_told_and_not_sent(store: Store) -> None:
    fill(store, Lane.SERVICE, 5)
    with store.write():
        store.run("DELETE FROM journal WHERE lane = 'service' AND seq = 3")
    with pytest.raises(StoreError, match="sesudah nomor 2"):
        following(store, Lane.SERVICE, 2, 5)


def test_a_power_cut_before_any_statement_leaves_the_run_whole_or_its_gap(tmp_path: Path) -> None:
    template = tmp_path / "template" / "kiosk.db"
    migrate(template, DEVICE)
    store = open_store(template, ManualClock())
    fill(store, Lane.SERVICE, 30)
    outbox.acknowledge(store, Lane.SERVICE, 25)
    store.close()
    subprocess.run([*DYING, "collapse", str(tmp_path)], check=True)
    seen = []
    for folder in deaths(tmp_path):
        store = open_store(folder / "kiosk.db", ManualClock())
        require_sound_journal(store)
        seen.append(shape(store, Lane.SERVICE))
        store.close()
    whole, collapsed = [*range(1, 31)], [(1, 20, True), *range(21, 31)]
    assert len(seen) > 5
    assert seen == sorted(seen, key=lambda one: one != whole)
    assert seen[0] == whole
    assert seen[-1] == collapsed
    assert all(one in (whole, collapsed) for one in seen)
