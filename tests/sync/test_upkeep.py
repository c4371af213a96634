"""The sync daemon keeps the kiosk's journal within its limits, by itself."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.core.retention import RetentionSettings
from kiosk.store import retention
from kiosk.store.journal import events, record
from kiosk.store.parts import parts
from kiosk.store.reserve import whole_reserve
from sync.agent import upkeep
from sync.agent.upkeep import EVERY_S, Upkeep
from tests.sync.site import Bench, eventually

SMALL = RetentionSettings(tail_rows=1_000)


def test_what_the_central_holds_leaves_the_kiosk_behind_its_tail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.settings = msgspec.structs.replace(bench.settings, retention=SMALL)
    monkeypatch.setattr(upkeep, "EVERY_S", 0.0)
    with bench.site.write():
        for at in range(3_000):
            record(bench.site, Lane.SERVICE, "x", {"at": at})
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0, within_s=30)
        eventually(lambda: events(bench.site, Lane.SERVICE, 0, 1)[0].kind == "gap")
    assert 1_000 <= events(bench.site, Lane.SERVICE, 0, 1)[0].seq <= 2_000
    assert whole_reserve(bench.site)
    assert not any(bench.central.faults().values())


def test_a_long_work_is_gone_on_with_at_once_and_then_rests(bench: Bench) -> None:
    with bench.site.write():
        for at in range(1_200):
            record(bench.site, Lane.SERVICE, "x", {"at": at})
        bench.site.run("UPDATE stream SET acknowledged_seq = last_seq")
    upkeep = Upkeep(bench.site, SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "STEPS_A_TURN", 1)
        upkeep.due(0.0)
        assert upkeep.found is not None
        assert upkeep.found.unfinished
        upkeep.due(0.1)
        assert not upkeep.found.unfinished
    seen = upkeep.found
    upkeep.due(EVERY_S)
    assert upkeep.found is seen
    upkeep.due(EVERY_S + 0.2)
    assert upkeep.found is not seen


def test_a_disk_that_takes_nothing_is_told_and_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> retention.Storage:
        raise StoreError("disk is full")

    upkeep_ = Upkeep(bench.site, SMALL)
    monkeypatch.setattr(upkeep, "turn", full)
    upkeep_.due(0.0)
    assert upkeep_.found is None
    monkeypatch.setattr(upkeep, "turn", retention.turn)
    upkeep_.due(EVERY_S + 0.1)
    assert [part.name for part in parts(bench.site)] == ["storage"]
