"""Agent and ingest through mutual TLS, and permissions that go and come back in the middle of a drain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import msgspec
import pytest

from deploy.broker.mosquitto import permissions
from deploy.demo.line import Mode, Speed
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import AlertCode, Evidence
from kiosk.core.event import Lane
from kiosk.store import alerts, outbox, parts, tickets
from sync.central.ingest import worker
from sync.central.ingest.consumer import parse_broker
from tests.broker.site import DEVICE, WORKER, SecureBroker
from tests.sync.site import ALL_SHARDS, Bench, eventually, in_thread

# Slow enough that a drain of some hundred tickets is still under way when the permissions change.
LINE = Speed(bits_per_s=400_000, round_trip_s=0.02)


class SecureBench(Bench):
    """A site and a central that know each other's broker only by certificate."""

    def __init__(self, broker: SecureBroker, folder: Path, stack: ExitStack) -> None:
        super().__init__(folder, broker.port, f"sqlite:///{folder}/central.db", stack)
        self.broker = broker
        mine = broker.files(self.settings.device)
        secured = msgspec.structs.replace(
            self.settings.sync, tls_ca=mine.authority, tls_certificate=mine.certificate, tls_key=mine.key
        )
        self.settings = msgspec.structs.replace(self.settings, sync=secured)

    def ingest(self) -> AbstractContextManager[threading.Event]:
        address = parse_broker(f"mqtts://127.0.0.1:{self.broker.port}", self.broker.files(WORKER))
        return in_thread(lambda stop: worker.run(self.central, self.central_key, [address], ALL_SHARDS, stop))

    def acknowledged(self) -> dict[Lane, int]:
        return {lane: held.acknowledged_seq for lane, held in outbox.backlogs(self.site).items()}

    def committed(self) -> dict[Lane, int]:
        cursors = self.central.cursors(DEVICE, self.site.epoch)
        return {lane: cursors[lane].committed_through if lane in cursors else 0 for lane in Lane}

    def waiting(self) -> int:
        return sum(held.waiting for held in outbox.backlogs(self.site).values())

    def link(self, name: str) -> dict[str, object]:
        """What the agent says of one of its links."""
        said = [part.detail.get(name) for part in parts.parts(self.site) if part.name == "sync"]
        return said[0] if said and isinstance(said[0], dict) else {}

    def is_drained(self) -> bool:
        """Whether all has arrived. Cables come and go at each look, which ends the agent's back-off."""
        for seen in ("0\n", "1\n"):
            (self.carrier / "eth0" / "carrier").write_text(seen)
        return self.waiting() == 0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SecureBench]:
    with ExitStack() as stack:
        broker = stack.enter_context(SecureBroker(tmp_path).running())
        yield SecureBench(broker, tmp_path, stack)


def take(bench: Bench, count: int) -> list[str]:
    return [tickets.issue(bench.site, "usaha", "A", 7, None, None).ticket.number for _ in range(count)]


def test_tickets_and_alarms_arrive_through_mutual_tls(bench: SecureBench) -> None:
    with bench.ingest(), bench.agent():
        numbers = take(bench, 50)
        raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: bench.waiting() == 0)
        assert alerts.find(bench.site, raised.id).evidence == Evidence.RECEIVED
    assert sorted(ticket.number for ticket in bench.central.tickets(limit=100)) == numbers


def test_permissions_withdrawn_in_the_middle_of_a_drain_lose_and_pretend_nothing(bench: SecureBench) -> None:
    numbers = take(bench, 1500)
    with NetworkProxy(bench.broker.port, slow=LINE, mode=Mode.SLOW) as proxy, bench.ingest():
        bench.through(proxy.port)
        with bench.agent():
            eventually(lambda: bench.acknowledged()[Lane.SERVICE] > 0)
            bench.broker.permit("")
            bench.broker.reload()
            assert bench.waiting() > 0, "the drain was over too early to prove anything"
            raised = alerts.raise_alert(bench.site, AlertCode.FIRE, "screen")
            eventually(lambda: bench.link("bulk").get("refused", 0) and bench.link("alarm").get("refused", 0))

            held, committed = bench.acknowledged(), bench.committed()
            assert held[Lane.SERVICE] < len(numbers)
            assert all(held[lane] <= committed[lane] for lane in Lane)
            assert alerts.find(bench.site, raised.id).evidence == Evidence.HANDED, "a refusal is not a PUBACK"

            bench.broker.permit(permissions(bench.broker.plan))
            bench.broker.reload()
            proxy.set_mode(Mode.UP)
            eventually(bench.is_drained, within_s=25)
    assert sorted(ticket.number for ticket in bench.central.tickets(limit=2000)) == sorted(numbers)
    assert alerts.find(bench.site, raised.id).evidence == Evidence.RECEIVED
    assert not any(bench.central.faults().values())


def test_a_kiosk_whose_certificate_is_missing_says_so_and_gets_through_once_it_has_one(bench: SecureBench) -> None:
    certificate = Path(str(bench.settings.sync.tls_certificate))
    hidden = certificate.rename(certificate.with_name("later.pem"))
    take(bench, 1)
    with bench.ingest(), bench.agent():
        eventually(lambda: certificate.name in str(bench.link("bulk").get("last_error")))
        hidden.rename(certificate)
        eventually(bench.is_drained)
