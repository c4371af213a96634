"""What the sync daemon says of itself: honestly each second, and as an event when it means something."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.core.event import Lane
from kiosk.store.collapse import collapse
from kiosk.store.journal import record
from kiosk.store.outbox import first_held
from kiosk.store.parts import parts
from sync.agent import report
from sync.agent.report import EVERY_S, LASTS_S, STATUS_KIND, StatusEvents
from tests.sync.site import Bench, eventually


def test_a_state_that_lasts_is_told_once_and_again_every_five_minutes_while_connected() -> None:
    events = StatusEvents()
    told = [at_s for at_s in range(2_000) if events.is_due(at_s, connected=True, room="plenty")]
    assert told == [LASTS_S + EVERY_S * again for again in range(7)]


def test_a_month_without_a_network_is_one_event() -> None:
    events = StatusEvents()
    told = [at_s for at_s in range(0, 2_600_000, 10) if events.is_due(at_s, connected=False, room="plenty")]
    assert told == [LASTS_S]


def test_a_link_that_flaps_is_told_when_it_rests() -> None:
    events = StatusEvents()
    told = [at_s for at_s in range(200) if events.is_due(at_s, connected=at_s >= 100 or at_s % 8 > 3, room="plenty")]
    assert told == [100 + LASTS_S]


def test_a_disk_that_becomes_short_is_told() -> None:
    events = StatusEvents()
    told = [at_s for at_s in range(100) if events.is_due(at_s, True, "short" if at_s >= 50 else "plenty")]
    assert told == [LASTS_S, 50 + LASTS_S]


def test_the_daemon_is_well_only_while_the_central_answers(bench: Bench) -> None:
    def sync_part() -> tuple[bool, dict[str, object]]:
        return next(((part.ok, part.detail) for part in parts(bench.site) if part.name == "sync"), (False, {}))

    with bench.agent():
        eventually(lambda: sync_part()[1].get("bulk", {}).get("connected"))  # type: ignore[attr-defined]
        assert not sync_part()[0]
        with bench.ingest():
            eventually(lambda: sync_part()[0])
            with bench.site.write():
                for at in range(500):
                    record(bench.site, Lane.SERVICE, "x", {"at": at})
            eventually(lambda: bench.waiting() == 0)
            eventually(lambda: sync_part()[1]["bulk"]["sent_bytes"] > 1_000)  # type: ignore[index]
            bulk = sync_part()[1]["bulk"]
            assert isinstance(bulk, dict)
            assert bulk["received_bytes"] > 0
            assert bulk["batch_bytes"] >= 1_024
            assert bulk["uplink_bytes_per_s"] > 0


def test_the_central_is_told_how_a_kiosk_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> dict[str, Any]:
        found: Any = bench.central.devices()[0].reports.get(STATUS_KIND, {"body": {}})
        return dict(found["body"])

    monkeypatch.setattr(report, "LASTS_S", 0.0)
    with bench.ingest(), bench.agent():
        eventually(lambda: told().get("connected"))
    assert told()["lanes"]["alarm"] == {"waiting": 0, "oldest_s": 0}
    assert told()["room"] == "plenty"
    assert first_held(bench.site, Lane.HEALTH) == 1


def test_behind_a_gap_at_the_beginning_the_first_number_held_is_the_next(bench: Bench) -> None:
    assert first_held(bench.site, Lane.SERVICE) == 0
    with bench.site.write():
        for at in range(9):
            record(bench.site, Lane.SERVICE, "x", {"at": at})
    assert first_held(bench.site, Lane.SERVICE) == 1
    collapse(bench.site, Lane.SERVICE, 0, 5)
    assert first_held(bench.site, Lane.SERVICE) == 6
