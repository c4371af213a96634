"""Rows that have collapsed on their way to the central, over a real broker and both databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.core.event import Lane
from kiosk.store.collapse import collapse
from kiosk.store.journal import record
from kiosk.store.outbox import backlogs
from sync.central.store import open_central
from tests.sync.site import Bench, eventually


def measure(bench: Bench, count: int, lane: Lane = Lane.HEALTH) -> None:
    with bench.site.write():
        for at in range(count):
            record(bench.site, lane, "measured", {"at": at})


def cursor(bench: Bench, lane: Lane = Lane.HEALTH) -> int:
    held = bench.central.cursors(bench.settings.device, bench.site.epoch)
    return held[lane].committed_through if lane in held else 0


def test_what_was_thinned_arrives_as_a_gap_and_the_rest_behind_it(either_bench: Bench) -> None:
    bench = either_bench
    measure(bench, 900)
    collapse(bench.site, Lane.HEALTH, 200, 700)
    measure(bench, 50)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
        measure(bench, 5)
        eventually(lambda: bench.waiting() == 0)
    assert cursor(bench) == 955
    assert bench.central.faults() == {"quarantine": 0, "security_events": 0, "dropped": 500}
    kinds = [event.kind for event in bench.central.events(limit=1_000)]
    assert (kinds.count("gap"), kinds.count("measured")) == (1, 455)


def test_a_lane_that_collapses_while_it_is_sent_goes_on_without_a_stop(bench: Bench) -> None:
    measure(bench, 6_000)
    with bench.ingest(), bench.agent():
        eventually(lambda: cursor(bench) > 0)
        while True:
            acknowledged = backlogs(bench.site)[Lane.HEALTH].acknowledged_seq
            if not collapse(bench.site, Lane.HEALTH, acknowledged, 5_900, rows_most=150):
                break
        eventually(lambda: bench.waiting() == 0)
    assert cursor(bench) == 6_000
    found = bench.central.faults()
    assert (found["quarantine"], found["security_events"]) == (0, 0)
    held = [event for event in bench.central.events(limit=10_000) if event.kind != "gap"]
    assert len({event.seq for event in held}) == len(held) == 6_000 - found["dropped"]


@pytest.mark.parametrize("known", [0, 40])
def test_a_central_older_than_the_tail_is_handed_the_gap_and_moves_on(bench: Bench, tmp_path: Path, known: int) -> None:
    central, copy = tmp_path / "central.db", tmp_path / "older.db"

    def drain(count: int) -> None:
        measure(bench, count, Lane.SERVICE)
        with bench.ingest(), bench.agent():
            eventually(lambda: bench.waiting() == 0)

    if known:
        drain(known)
    bench.central.close()
    shutil.copy(central, copy)
    bench.central = open_central(f"sqlite:///{central}")
    drain(300)
    collapse(bench.site, Lane.SERVICE, 0, 250)
    bench.central.close()
    shutil.copy(copy, central)
    bench.central = open_central(f"sqlite:///{central}")
    with bench.ingest(), bench.agent():
        eventually(lambda: cursor(bench, Lane.SERVICE) == 300 + known)
        measure(bench, 10, Lane.SERVICE)
        eventually(lambda: cursor(bench, Lane.SERVICE) == 310 + known)
    assert bench.central.faults() == {"quarantine": 0, "security_events": 1, "dropped": 250 - known}
