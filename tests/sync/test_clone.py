"""One card in two kiosks: the same key and the same epoch, and two journals that go different ways."""

from __future__ import annotations

import copy
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.core.alert import AlertCode, Evidence
from kiosk.core.event import Lane
from kiosk.core.settings import Paths
from kiosk.store import alerts, outbox
from kiosk.store.database import open_store
from kiosk.store.journal import record
from kiosk.store.parts import parts
from sync.agent.bulk import BulkDuty
from sync.agent.link import TWINS
from sync.agent.patience import Patience
from sync.agent.rewinds import Rewinds
from sync.central.store.models import SecurityEvent
from sync.wire.topics import Up, up
from tests.sync.site import Bench, Kiosk, eventually
from tests.sync.test_conversation import take
from tests.sync.wire_tap import Tap


@pytest.fixture
def copied(bench: Bench, tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk on a copy of the card that `bench` runs on, taken when everything on it was at the central."""
    take(bench.site, 5)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    subprocess.run(["cp", "-a", tmp_path / "k1", tmp_path / "copy"], check=True)
    clone = copy.copy(bench)
    clone.settings = msgspec.structs.replace(bench.settings, paths=Paths(data_dir=str(tmp_path / "copy")))
    clone.site = open_store(clone.settings.database)
    yield clone
    clone.site.close()


def reasons(bench: Bench) -> set[str]:
    with bench.central._database.read() as connection:
        return {row["reason"] for row in connection.rows(SecurityEvent.select())}


def contents(kiosk: Kiosk) -> set[tuple[int, str, bytes]]:
    return {(seq, lane, bytes(hashed)) for seq, lane, hashed in kiosk.site.all("SELECT seq, lane, hash FROM journal")}


def kept(bench: Bench) -> set[tuple[int, str, bytes]]:
    """Every content of this device that the central has, wherever it keeps it, as (seq, lane, hash)."""
    device = bench.settings.device
    held = {
        (each.seq, each.lane.value, each.hash) for each in bench.central.events(limit=10_000) if each.device == device
    }
    with bench.central._database.read() as connection:
        rows = connection.rows(SecurityEvent.select())
    return held | {(row["seq"], row["lane"], bytes(row["hash"])) for row in rows}


def told(kiosk: Kiosk) -> set[str]:
    said = {part.name: part.detail for part in parts(kiosk.site)}.get("sync", {})
    return {link["last_error"] for link in said.values() if isinstance(link, dict) and "last_error" in link}


def test_two_copies_in_turn_are_both_kept_and_both_calls_for_help_are_seen(bench: Bench, copied: Kiosk) -> None:
    first = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    second = alerts.raise_alert(copied.site, AlertCode.FIRE, "button")
    with copied.site.write():
        for at in range(20):  # a copy that has written less than the central holds says nothing on that lane
            record(copied.site, Lane.ALARM, "box.fault", {"at": at})
    take(bench.site, 3)
    take(copied.site, 4)
    with bench.ingest():
        with bench.agent():
            eventually(lambda: bench.waiting() == 0)
        assert not bench.central.faults()["security_events"]
        with copied.agent():
            eventually(lambda: copied.waiting() == 0)
            eventually(lambda: told(copied) == {TWINS})
    assert contents(bench) | contents(copied) <= kept(bench)
    assert {"different-content", "broken-chain"} == reasons(bench)
    assert alerts.find(copied.site, second.id).evidence is Evidence.RECEIVED
    assert {first.id, second.id} == {alert.id for alert in bench.central.open_alerts()}


def test_two_copies_at_once_are_both_kept_take_turns_and_disturb_nobody(bench: Bench, copied: Kiosk, tap: Tap) -> None:
    neighbour, twins = bench.another_kiosk("k2"), (bench, copied)
    presence = up(bench.settings.device, Up.PRESENCE)
    with bench.ingest(), neighbour.agent():
        for kiosk in (*twins, neighbour):
            take(kiosk.site, 5)
        before, began_s = len(tap.on(presence)), time.monotonic()
        with bench.agent(), copied.agent():
            help_wanted = alerts.raise_alert(neighbour.site, AlertCode.PANIC, "button")
            eventually(lambda: not any(kiosk.waiting() for kiosk in (*twins, neighbour)), within_s=60)
            eventually(lambda: TWINS in told(bench) | told(copied))
            eventually(lambda: time.monotonic() - began_s > 4)
            said = len(tap.on(presence)) - before
    print(f"{said} presences of the twins in {time.monotonic() - began_s:.1f} s")
    assert said < 40  # an unchecked fight makes hundreds
    assert contents(bench) | contents(copied) <= kept(bench)
    assert reasons(bench) == {"different-content"}
    assert [alert.id for alert in bench.central.open_alerts()] == [help_wanted.id]
    assert contents(neighbour) == {
        (each.seq, each.lane.value, each.hash)
        for each in bench.central.events(limit=1000)
        if each.device == neighbour.settings.device
    }


def test_a_call_for_help_that_only_seemed_to_be_held_is_told_again_by_the_copy_that_made_it(
    bench: Bench, copied: Kiosk
) -> None:
    """As where both send at once and a message of one is lost: the cursor it was shown was the other's."""
    theirs = alerts.raise_alert(copied.site, AlertCode.FIRE, "button")
    with bench.ingest(), copied.agent():
        eventually(lambda: copied.waiting() == 0)
    ours = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    with bench.site.write():
        record(bench.site, Lane.ALARM, "box.fault", {})
    outbox.acknowledge(bench.site, Lane.ALARM, outbox.backlogs(bench.site)[Lane.ALARM].last_seq)
    with bench.ingest(), bench.agent():
        eventually(lambda: {ours.id, theirs.id} == {alert.id for alert in bench.central.open_alerts()})
        eventually(lambda: contents(bench) | contents(copied) <= kept(bench))


class _Waits(threading.Event):
    """A stop that never comes; notes how long it was waited on, without waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds += timeout or 0.0
        return self.seconds > 5


def test_who_was_thrown_out_by_its_own_name_gives_way(bench: Bench, tmp_path: Path) -> None:
    nudge, stop = threading.Condition(), _Waits()
    Patience(BulkDuty(bench.site, Rewinds()), str(tmp_path), nudge).give_way(stop)
    assert stop.seconds > 5
