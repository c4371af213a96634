"""Very many at once: two hundred agents after a broker's restart, and a backlog that has grown for hours."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from kiosk.core.event import Lane
from kiosk.store.journal import record
from tests.ports import free_port
from tests.sync.site import Bench, Kiosk, eventually, running_broker
from tests.sync.test_conversation import require_everything_once, wait_for_everything_once

pytestmark = pytest.mark.soak

AGENTS, PROCESSES, EVENTS = 200, 4, 20


def start_fleet(kiosks: list[Kiosk], folder: Path, stack: ExitStack) -> None:
    for number in range(PROCESSES):
        sites = folder / f"sites-{number}.json"
        sites.write_bytes(msgspec.json.encode([kiosk.settings for kiosk in kiosks[number::PROCESSES]]))
        process = subprocess.Popen([sys.executable, "-m", "tests.soak.fleet", str(sites)], stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.kill)


def test_two_hundred_agents_that_return_at_once_all_arrive_and_the_central_keeps_answering(memory: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        bench = Bench(memory, port, f"sqlite:///{memory}/central.db", stack)
        kiosks: list[Kiosk] = [bench, *(bench.another_kiosk(f"k{number}") for number in range(2, AGENTS + 1))]
        stack.enter_context(bench.ingest())
        with running_broker(memory / "broker", port):
            for kiosk in kiosks:
                with kiosk.site.write():
                    record(kiosk.site, Lane.SERVICE, "survey.given", {"at": -1})
            start_fleet(kiosks, memory, stack)
            eventually(lambda: not any(kiosk.waiting() for kiosk in kiosks), within_s=180)
        for kiosk in kiosks:
            with kiosk.site.write():
                for at in range(EVENTS):
                    record(kiosk.site, Lane.SERVICE, "survey.given", {"at": at})
        slowest_s = 0.0

        def all_there() -> bool:
            nonlocal slowest_s
            asked_s = time.monotonic()
            bench.central.devices()
            slowest_s = max(slowest_s, time.monotonic() - asked_s)
            return not any(kiosk.waiting() for kiosk in kiosks)

        with running_broker(memory / "broker", port):
            began_s = time.monotonic()
            eventually(all_there, within_s=300)
            took_s = time.monotonic() - began_s
            wait_for_everything_once(bench, *kiosks)
        print(f"{AGENTS} agents, {EVENTS} events each: {took_s:.1f} s; slowest answer of the central {slowest_s:.2f} s")
        assert slowest_s < 5


def test_twenty_thousand_events_that_waited_for_the_ingest_arrive_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        bench = Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)
        with bench.agent():
            for _ in range(20):
                with bench.site.write():
                    for at in range(1_000):
                        record(bench.site, Lane.SERVICE, "survey.given", {"at": at})
            with bench.ingest():
                began_s = time.monotonic()
                eventually(lambda: bench.waiting() == 0, within_s=180)
                print(f"20,000 events after the ingest returned: {time.monotonic() - began_s:.1f} s")
        require_everything_once(bench)
