"""Three ejabberd nodes as one broker; one of them is killed in the middle of a drain."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.core.alert import AlertCode, Evidence
from kiosk.core.event import Lane
from kiosk.store import alerts
from kiosk.store.journal import record
from sync import broker
from sync.broker import Connected, Connection, Happening, Lost
from sync.central.ingest import worker
from sync.central.ingest.consumer import BrokerAddress
from tests.soak.ejabberd import Cluster, running_cluster
from tests.soak.password import MQTT_WITH_PASSWORD
from tests.sync.site import ALL_SHARDS, Bench, eventually, in_thread
from tests.sync.test_brokers import by_way_of
from tests.sync.test_conversation import wait_for_everything_once

pytestmark = pytest.mark.soak


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "mqtt", MQTT_WITH_PASSWORD)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path / "cluster") as running:
        assert len(running.control(0, "list_cluster").split()) == 3
        yield running


def test_a_node_that_is_killed_in_the_middle_of_a_drain_loses_and_doubles_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        bench = Bench(tmp_path, cluster.ports[0], f"sqlite:///{tmp_path}/central.db", stack)
        kiosks = [bench, bench.another_kiosk("k2"), bench.another_kiosk("k3")]
        for number, kiosk in enumerate(kiosks):
            by_way_of(kiosk, *cluster.ports[number:], *cluster.ports[:number])
            with kiosk.site.write():
                for at in range(20_000):
                    record(kiosk.site, Lane.SERVICE, "survey.given", {"at": at})
        brokers = [BrokerAddress("127.0.0.1", port) for port in cluster.ports]
        stack.enter_context(
            in_thread(lambda stop: worker.run(bench.central, bench.central_key, brokers, ALL_SHARDS, stop))
        )
        began_s = time.monotonic()
        for kiosk in kiosks:
            stack.enter_context(kiosk.agent())
        eventually(lambda: kiosks[1].waiting() < 18_000, within_s=60)
        cluster.kill(1)
        left, killed_s = [kiosk.waiting() for kiosk in kiosks], time.monotonic()
        alert = alerts.raise_alert(kiosks[1].site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(kiosks[1].site, alert.id).evidence is Evidence.RECEIVED, within_s=60)
        alarm_s = time.monotonic() - killed_s
        eventually(lambda: not any(kiosk.waiting() for kiosk in kiosks), within_s=300)
        took_s = time.monotonic() - began_s
        print(f"60,000 events by three nodes, one killed with {left} waiting: {took_s:.1f} s; alarm {alarm_s:.2f} s")
        wait_for_everything_once(bench, *kiosks)


def test_a_name_that_is_taken_over_on_another_node_is_told_so(cluster: Cluster) -> None:
    first, second = Connection("31.74.05.1001-k1-bulk"), Connection("31.74.05.1001-k1-bulk")
    happened: list[Happening] = []

    def first_has(kind: type[Happening]) -> bool:
        happened.extend(first.step(0.02))
        return any(isinstance(each, kind) for each in happened)

    try:
        first.connect("127.0.0.1", cluster.ports[0])
        eventually(lambda: first_has(Connected))
        second.connect("127.0.0.1", cluster.ports[2])
        eventually(lambda: second.step(0.02) or first_has(Lost))
        eventually(lambda: first_has(Lost))
    finally:
        first.abandon()
        second.abandon()
    assert [each.taken_over for each in happened if isinstance(each, Lost)] == [True]
