"""`kill -9` of the daemon at any moment of a press: each press is on disk exactly once afterwards."""

from __future__ import annotations

import multiprocessing
import random
import threading
from contextlib import closing
from pathlib import Path

from deploy.demo.box import Box
from firmware_bridge import daemon
from kiosk.store.alerts import open_alerts
from kiosk.store.database import open_store
from tests.bridge.rig import database, wait_until
from tests.bridge.test_daemon import settings

PRESSES = 8
HOLD_S = 0.3


def serve(folder: str) -> None:
    daemon.run(settings(Path(folder), hold_s=HOLD_S), threading.Event())


def test_each_press_is_raised_exactly_once_however_the_daemon_dies(tmp_path: Path) -> None:
    database(tmp_path)
    chance = random.Random(20)
    processes = multiprocessing.get_context("spawn")

    def start() -> multiprocessing.process.BaseProcess:
        process = processes.Process(target=serve, args=(str(tmp_path),))
        process.start()
        wait_until(lambda: box.state()["connected"] is True, within_s=30)
        return process

    def kill(process: multiprocessing.process.BaseProcess) -> None:
        process.kill()
        process.join()
        wait_until(lambda: box.state()["connected"] is False)

    with Box(tmp_path / "box.sock", ("panic", "fire"), seed=5) as box:
        process = start()
        for _ in range(PRESSES):
            box.press("panic", HOLD_S + 0.1)
            threading.Event().wait(chance.uniform(0, HOLD_S + 0.2))  # the moment of death, not a wait for a state
            kill(process)
            process = start()
            wait_until(lambda: box.state()["inputs"] == {"panic": False, "fire": False})
            wait_until(lambda: box.state()["held_edges"] == 0)
            threading.Event().wait(0.05)  # the contact's rest, without which the next press would be the same one
        kill(process)

    with closing(open_store(tmp_path / "kiosk.db")) as store:
        assert sum(alert.presses for alert in open_alerts(store)) == PRESSES
