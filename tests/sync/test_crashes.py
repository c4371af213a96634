"""Whoever dies, and whenever: at the end the central holds the journal, each event once."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.core.alert import AlertCode, Evidence
from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.store import alerts, outbox
from kiosk.store.database import Store
from kiosk.store.journal import record
from sync.agent import alarm, daemon, duty, link, streams
from sync.central.ingest.receive import Ready, Receiver, Reply
from sync.central.store import open_central
from sync.wire.envelope import contents
from sync.wire.messages import CentralState, decode
from sync.wire.topics import CENTRAL_STATE
from tests.ports import free_port
from tests.sync.site import Bench, eventually, running_broker
from tests.sync.test_conversation import require_everything_once, take
from tests.sync.wire_tap import Tap

COMMIT = Receiver.commit


def test_an_agent_that_is_killed_between_commit_and_acknowledgement_sends_again_without_harm(
    either_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, victims = either_bench, list[int]()

    def commit_then_kill(receiver: Receiver, batches: Sequence[Ready]) -> list[Reply]:
        replies = COMMIT(receiver, batches)
        if victims:
            os.kill(victims.pop(), signal.SIGKILL)
        return replies

    monkeypatch.setattr(Receiver, "commit", commit_then_kill)
    alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    take(bench.site, 300)
    with bench.ingest():
        for _ in range(2):
            with bench.agent_process() as agent:
                victims.append(agent.pid)
                agent.wait(20)
            assert bench.waiting() > 0
        assert bench.central.events(limit=1)
        with bench.agent_process():
            eventually(lambda: bench.waiting() == 0, within_s=40)
    assert alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED
    require_everything_once(bench)


@pytest.mark.usefixtures("impatient")
def test_an_ingest_that_fails_between_commit_and_acknowledgement_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [StoreError("power"), StoreError("disk")]

    def commit_then_fail(receiver: Receiver, batches: Sequence[Ready]) -> list[Reply]:
        replies = COMMIT(receiver, batches)
        if failures:
            raise failures.pop()
        return replies

    monkeypatch.setattr(Receiver, "commit", commit_then_fail)
    take(bench.site, 300)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    assert not failures
    require_everything_once(bench)


def test_a_full_disk_at_the_kiosk_ends_no_agent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [StoreError("database or disk is full") for _ in range(3)]

    def mark_or_fail(store: Store, lane: Lane, through: int) -> None:
        if failures:
            raise failures.pop()
        outbox.acknowledge(store, lane, through)

    def mark_or_fail_within(store: Store, lane: Lane, through: int) -> None:
        if failures:
            raise failures.pop()
        outbox.acknowledge_within(store, lane, through)

    def cannot_say(*_: object, **__: object) -> None:
        raise StoreError("database or disk is full")

    monkeypatch.setattr(duty, "acknowledge", mark_or_fail)
    monkeypatch.setattr(alarm, "acknowledge_within", mark_or_fail_within)
    monkeypatch.setattr(daemon, "record_alive", cannot_say)
    alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    take(bench.site, 10)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    assert not failures
    assert alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED
    require_everything_once(bench)


@pytest.mark.usefixtures("impatient")
def test_a_broker_that_loses_everything_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        bench = Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)
        with bench.ingest(), bench.agent():
            with bench.site.write():
                for at in range(3_000):
                    record(bench.site, Lane.SERVICE, "survey.given", {"at": at})
            alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
            with running_broker(tmp_path / "broker", port):  # until something has come through, and not everything
                eventually(lambda: bench.central.events(limit=1))
            assert bench.waiting() > 0
            take(bench.site, 10)
            with running_broker(tmp_path / "broker", port):
                eventually(lambda: bench.waiting() == 0, within_s=30)
        assert [found.id for found in bench.central.open_alerts()] == [alert.id]
        require_everything_once(bench)


def test_a_central_from_an_older_copy_asks_again_and_gets_everything(
    bench: Bench, tap: Tap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "ASK_AGAIN_AFTER_S", 0.0)  # it has greeted long ago
    monkeypatch.setattr(streams, "time_out_s", lambda _trip_s, _failed=0: 60.0)  # and does not wait for a time-out
    central, copy = tmp_path / "central.db", tmp_path / "yesterday.db"
    take(bench.site, 30)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    bench.central.close()
    shutil.copy(central, copy)
    bench.central = open_central(f"sqlite:///{central}")
    alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    take(bench.site, 30)
    with bench.agent():
        with bench.ingest():
            eventually(lambda: bench.waiting() == 0)
        bench.central.close()
        shutil.copy(copy, central)
        bench.central = open_central(f"sqlite:///{central}")
        assert bench.central.open_alerts() == []
        with bench.ingest():  # the agent stays connected to the broker all the while, and notices by what it sends next
            eventually(lambda: decode(contents(tap.on(CENTRAL_STATE)[-1]), CentralState).online)
            take(bench.site, 1)
            alerts.raise_alert(bench.site, AlertCode.FIRE, "button")
            cursors = {lane: backlog.last_seq for lane, backlog in outbox.backlogs(bench.site).items()}
            eventually(lambda: _committed(bench)[Lane.SERVICE] == cursors[Lane.SERVICE])
            eventually(lambda: alert.id in [found.id for found in bench.central.open_alerts()])
            eventually(lambda: bench.waiting() == 0)
            eventually(lambda: len(bench.central.events(limit=1000)) == sum(_committed(bench).values()))
    assert [len(bench.central.open_alerts()), len(bench.central.tickets())] == [2, 61]
    require_everything_once(bench)


def _committed(bench: Bench) -> dict[Lane, int]:
    cursors = bench.central.cursors(bench.settings.device, bench.site.epoch)
    return {lane: cursors[lane].committed_through if lane in cursors else 0 for lane in Lane}
