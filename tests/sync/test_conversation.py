"""The agent and the ingest worker, with a real Mosquitto between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.store import alerts, outbox, tickets
from kiosk.store.database import Store
from tests.sync.site import Bench, eventually, running_broker


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        yield Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)


def take(store: Store, count: int) -> list[str]:
    return [tickets.issue(store, "usaha", "A", 7, None, None).ticket.number for _ in range(count)]


def waiting(store: Store) -> int:
    return sum(backlog.waiting for backlog in outbox.backlogs(store).values())


def test_tickets_reach_the_central_exactly_once(bench: Bench) -> None:
    numbers = take(bench.site, 500)
    with bench.ingest(), bench.agent():
        eventually(lambda: waiting(bench.site) == 0)
    assert sorted(ticket.number for ticket in bench.central.tickets(limit=1000)) == numbers
    assert bench.central.faults() == {} or not any(bench.central.faults().values())


def test_an_alert_gathers_its_evidence_and_the_officers_name(bench: Bench) -> None:
    with bench.ingest(), bench.agent():
        raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(bench.site, raised.id).evidence == Evidence.RECEIVED)
        assert [step.evidence for step in alerts.steps(bench.site, raised.id)] == [2, 3, 4]
        now = bench.central.now_ms()
        bench.central.answer_alert(raised.id, AlertAction.ACKNOWLEDGE, "Briptu Rina", {}, now)
        eventually(lambda: alerts.find(bench.site, raised.id).state is AlertState.ACKNOWLEDGED)
        bench.central.answer_alert(raised.id, AlertAction.CLOSE, "Briptu Rina", {"reason": "true"}, now)
        eventually(lambda: alerts.find(bench.site, raised.id).state is AlertState.CLOSED)
        eventually(lambda: not bench.central.devices_with_pending_down())
    assert alerts.find(bench.site, raised.id).officer == "Briptu Rina"


def test_without_a_subscriber_an_alert_is_carried_but_never_received(bench: Bench) -> None:
    raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    with bench.agent():
        pass
    assert alerts.find(bench.site, raised.id).evidence < Evidence.RECEIVED


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.BLACKHOLE])
def test_what_was_done_without_a_network_arrives_when_it_returns(bench: Bench, mode: Mode) -> None:
    with NetworkProxy(bench.broker_port) as proxy, bench.ingest():
        bench.through(proxy.port)
        with bench.agent():
            take(bench.site, 3)
            eventually(lambda: waiting(bench.site) == 0)
            proxy.set_mode(mode)
            alert = alerts.raise_alert(bench.site, AlertCode.FIRE, "screen")
            take(bench.site, 5)
            (bench.carrier / "eth0" / "carrier").write_text("0\n")
            assert waiting(bench.site) > 0
            proxy.set_mode(Mode.UP)
            (bench.carrier / "eth0" / "carrier").write_text("1\n")
            eventually(lambda: waiting(bench.site) == 0, within_s=40)
    assert len(bench.central.tickets(limit=100)) == 8
    assert [found.id for found in bench.central.open_alerts()] == [alert.id]


def test_the_central_holds_the_journal_with_an_unbroken_chain(bench: Bench) -> None:
    take(bench.site, 30)
    with bench.ingest(), bench.agent():
        eventually(lambda: waiting(bench.site) == 0)
    held = outbox.backlogs(bench.site)[Lane.SERVICE]
    cursor = bench.central.cursors(bench.settings.device, bench.site.epoch)[Lane.SERVICE]
    assert cursor.committed_through == held.last_seq
    assert not any(bench.central.faults().values())
