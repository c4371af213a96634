"""The agent and the ingest worker, with a real Mosquitto between them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from deploy.demo.line import Mode, Speed
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.store import alerts, outbox, tickets
from kiosk.store.database import Store
from kiosk.store.journal import record
from kiosk.store.parts import record_health
from tests.sync.site import Bench, Kiosk, eventually


def take(store: Store, count: int) -> list[str]:
    return [tickets.issue(store, "usaha", "A", 7, None, None).ticket.number for _ in range(count)]


def require_everything_once(bench: Bench, *kiosks: Kiosk) -> None:
    """The central holds each kiosk's journal, each event once, its chain unbroken, and complains of nothing."""
    held = sorted((each.device, each.lane, each.seq, each.hash) for each in bench.central.events(limit=1_000_000))
    journals = [
        (kiosk.settings.device, Lane(lane), seq, bytes(hashed))
        for kiosk in kiosks or (bench,)
        for lane, seq, hashed in kiosk.site.all("SELECT lane, seq, hash FROM journal")
    ]
    assert held == sorted(journals)
    assert not any(bench.central.faults().values())


def wait_for_everything_once(bench: Bench, *kiosks: Kiosk) -> None:
    """The same while agents run: they go on reporting on themselves."""

    def is_there() -> bool:
        try:
            require_everything_once(bench, *kiosks)
        except AssertionError:
            return False
        return True

    eventually(is_there, within_s=60)


def test_tickets_reach_the_central_exactly_once(either_bench: Bench) -> None:
    bench = either_bench
    numbers = take(bench.site, 500)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    assert sorted(ticket.number for ticket in bench.central.tickets(limit=1000)) == numbers
    require_everything_once(bench)


def test_an_alert_gathers_its_evidence_and_the_officers_name(either_bench: Bench) -> None:
    bench = either_bench
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
        eventually(lambda: bench.waiting() == 0)
    assert alerts.find(bench.site, raised.id).officer == "Briptu Rina"
    require_everything_once(bench)


def test_while_the_central_is_down_an_alert_is_carried_but_never_received(bench: Bench) -> None:
    raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    take(bench.site, 3)
    with bench.agent():
        # Without a central's cursor nothing is sent, so a first conversation is held before it falls silent.
        with bench.ingest():
            eventually(lambda: bench.waiting() == 0)
        later = alerts.raise_alert(bench.site, AlertCode.FIRE, "button")
        eventually(lambda: alerts.find(bench.site, later.id).evidence is Evidence.CARRIED)
        assert alerts.find(bench.site, raised.id).evidence is Evidence.RECEIVED
        for _ in range(20):
            eventually(lambda: outbox.backlogs(bench.site)[Lane.ALARM].waiting > 0)
            assert alerts.find(bench.site, later.id).evidence is Evidence.CARRIED
    assert [alert.id for alert in bench.central.open_alerts()] == [raised.id]


def test_without_anybody_at_all_an_alert_is_not_even_handed_over(bench: Bench) -> None:
    raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    with bench.agent():
        eventually(lambda: bench.site.all("SELECT 1 FROM part WHERE detail LIKE '%\"connected\":true%'"))
    assert alerts.find(bench.site, raised.id).evidence is Evidence.COMMITTED


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.BLACKHOLE])
def test_what_was_done_without_a_network_arrives_when_it_returns(bench: Bench, mode: Mode) -> None:
    with NetworkProxy(bench.broker_port) as proxy, bench.ingest():
        bench.through(proxy.port)
        with bench.agent():
            take(bench.site, 3)
            eventually(lambda: bench.waiting() == 0)
            proxy.set_mode(mode)
            alert = alerts.raise_alert(bench.site, AlertCode.FIRE, "screen")
            take(bench.site, 5)
            (bench.carrier / "eth0" / "carrier").write_text("0\n")
            assert bench.waiting() > 0
            proxy.set_mode(Mode.UP)
            (bench.carrier / "eth0" / "carrier").write_text("1\n")
            eventually(lambda: bench.waiting() == 0, within_s=40)
    assert len(bench.central.tickets(limit=100)) == 8
    assert [found.id for found in bench.central.open_alerts()] == [alert.id]
    require_everything_once(bench)


def test_two_kiosks_with_three_lanes_each_reach_the_central_whole(bench: Bench) -> None:
    kiosks = (bench, bench.another_kiosk("k2"))
    with ExitStack() as running:
        running.enter_context(bench.ingest())
        for kiosk in kiosks:
            take(kiosk.site, 100)
            running.enter_context(kiosk.agent())
        for at in range(30):
            for kiosk in kiosks:
                take(kiosk.site, 2)
                record_health(kiosk.site, "heartbeat", {"at": at})
                if at % 10 == 0:
                    alerts.raise_alert(kiosk.site, list(AlertCode)[at // 10], "button")
        eventually(lambda: not any(kiosk.waiting() for kiosk in kiosks))
    assert len(bench.central.open_alerts()) == 6
    require_everything_once(bench, *kiosks)


def test_two_workers_of_the_same_shards_do_no_harm(bench: Bench) -> None:
    with bench.ingest(), bench.ingest(), bench.agent():
        take(bench.site, 300)
        alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: bench.waiting() == 0)
    require_everything_once(bench)


def test_an_alarm_overtakes_a_backlog_of_five_thousand(bench: Bench) -> None:
    with bench.site.write():
        for at in range(5_000):
            record(bench.site, Lane.SERVICE, "survey.given", {"at": at, "words": "x" * 40})
    line = Speed(bits_per_s=400_000, round_trip_s=0.05)
    with NetworkProxy(bench.broker_port, mode=Mode.SLOW, slow=line) as proxy, bench.ingest():
        bench.through(proxy.port)
        with bench.agent():
            eventually(lambda: bench.central.events(limit=1))
            alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
            eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)
            assert outbox.backlogs(bench.site)[Lane.SERVICE].waiting > 0
            eventually(lambda: bench.waiting() == 0, within_s=30)
    arrived = [event.kind for event in bench.central.events(limit=10_000)]
    assert arrived.index("alert.raised") < len(arrived) - 1 - arrived[::-1].index("survey.given")
    require_everything_once(bench)
