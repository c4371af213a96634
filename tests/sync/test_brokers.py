"""Two brokers that know nothing of one another: one dies, and the kiosks go on by the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store import alerts
from kiosk.store.journal import record
from sync.central.ingest import worker
from sync.central.ingest.consumer import BrokerAddress
from tests.ports import free_port
from tests.sync.site import ALL_SHARDS, Bench, Kiosk, eventually, in_thread, running_broker
from tests.sync.test_conversation import require_everything_once, take

KEY = "0" * 64


def by_way_of(kiosk: Kiosk, *ports: int) -> None:
    """Names the brokers of a kiosk, the first first."""
    brokers = tuple(f"127.0.0.1:{port}" for port in ports)
    kiosk.settings = msgspec.structs.replace(
        kiosk.settings, sync=msgspec.structs.replace(kiosk.settings.sync, brokers=brokers)
    )


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def two_brokers(tmp_path: Path, ports: tuple[int, int]) -> Iterator[Bench]:
    """A central whose one worker listens to both, whether they are there or not; the kiosk begins with the first."""
    with ExitStack() as stack:
        bench = Bench(tmp_path, ports[0], f"sqlite:///{tmp_path}/central.db", stack)
        by_way_of(bench, *ports)
        brokers = [BrokerAddress("127.0.0.1", port) for port in ports]
        stack.enter_context(
            in_thread(lambda stop: worker.run(bench.central, bench.central_key, brokers, ALL_SHARDS, stop))
        )
        yield bench


def test_the_place_of_one_broker_is_taken_by_a_list() -> None:
    assert SyncSettings(central_key=KEY, broker_host="b", broker_port=8883).addresses == (("b", 8883),)
    several = SyncSettings(central_key=KEY, brokers=("one.example:1883", "two.example:8883"))
    assert several.addresses == (("one.example", 1883), ("two.example", 8883))
    for wrong in ("one.example", "one.example:0", "one.example:70000", "mqtt://one.example:1883", ":1883"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"central_key": KEY, "brokers": [wrong]}, SyncSettings)


@pytest.mark.usefixtures("impatient")
def test_kiosks_of_a_dead_broker_go_on_by_the_living_one(
    two_brokers: Bench, tmp_path: Path, ports: tuple[int, int]
) -> None:
    bench, neighbour = two_brokers, two_brokers.another_kiosk("k2")
    by_way_of(neighbour, *reversed(ports))
    for kiosk in (bench, neighbour):
        with kiosk.site.write():
            for at in range(2_000):
                record(kiosk.site, Lane.SERVICE, "survey.given", {"at": at})
    with ExitStack() as living:
        living.enter_context(running_broker(tmp_path / "second", ports[1]))
        with running_broker(tmp_path / "first", ports[0]), ExitStack() as starting:
            for kiosk in (bench, neighbour):
                starting.enter_context(kiosk.agent())
            living.push(starting.pop_all())
            eventually(lambda: bench.waiting() < 2_000)
        alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        take(bench.site, 5)
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED, within_s=40)
        bench.central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, "Briptu Rina", {}, bench.central.now_ms())
        eventually(lambda: alerts.find(bench.site, alert.id).state is AlertState.ACKNOWLEDGED, within_s=40)
        eventually(lambda: not bench.waiting() and not neighbour.waiting(), within_s=40)
    require_everything_once(bench, bench, neighbour)


@pytest.mark.usefixtures("impatient")
def test_a_kiosk_whose_brokers_die_in_turn_follows_to_whichever_lives(
    two_brokers: Bench, tmp_path: Path, ports: tuple[int, int]
) -> None:
    bench = two_brokers
    with bench.agent():
        for number, port in enumerate((*ports, ports[0])):
            with running_broker(tmp_path / f"broker-{number}", port):
                take(bench.site, 2)
                alert = alerts.raise_alert(bench.site, AlertCode.FIRE, "screen")
                eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED, 40)  # noqa: B023
                eventually(lambda: bench.waiting() == 0, within_s=40)
    require_everything_once(bench)
