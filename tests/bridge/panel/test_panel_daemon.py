"""The daemon, pyserial, a pseudo-terminal and the firmware in a real MicroPython, in real time."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from firmware_bridge import daemon
from firmware_bridge.condition_book import KIND
from kiosk.core.event import Lane
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import open_alerts
from kiosk.store.database import Store, open_store
from kiosk.store.journal import events
from kiosk.store.parts import parts
from tests.bridge.panel.live import GREEN, RED, SIREN, LiveBoard
from tests.bridge.panel.micropython import CUT, NORMAL, PORTS
from tests.bridge.rig import database
from tests.bridge.rig import wait_until as wait_until_within
from tests.bridge.test_daemon import running
from tests.bridge.test_daemon import settings as simulated_settings

HOLD_S = 0.3
LONG_HOLD_S = 3.0  # something is done in the middle of it, on a machine that may be busy


def settings(folder: Path, hold_s: float = HOLD_S) -> SiteSettings:
    return simulated_settings(folder, "panel", hold_s, panel_port=str(folder / "ttyACM*"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(database(tmp_path))) as opened:
        yield opened


@pytest.fixture(params=PORTS)
def board(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LiveBoard]:
    with closing(LiveBoard(tmp_path, request.param)) as made:
        yield made


def wait_until(reached: Callable[[], bool]) -> None:
    """Two processes and a line between them, in real time, on a machine that may be busy."""
    wait_until_within(reached, within_s=30)


def is_well(store: Store) -> bool:
    return any(part.name == "bridge" and part.ok for part in parts(store))


def faults(store: Store) -> str:
    return str([part.detail for part in parts(store)])


def pressed(store: Store) -> int:
    return sum(alert.presses for alert in open_alerts(store))


def test_a_press_becomes_an_alert_and_the_board_sounds_and_lights(
    tmp_path: Path, store: Store, board: LiveBoard
) -> None:
    with running(settings(tmp_path)):
        wait_until(lambda: is_well(store))
        board.hold()
        wait_until(lambda: pressed(store) == 1)
        wait_until(lambda: board.outputs()[SIREN] and not board.outputs()[GREEN])
        wait_until(lambda: board.outputs()[RED])
        board.release()


def test_a_port_that_comes_back_under_another_name_in_the_middle_of_a_press_loses_nothing(
    tmp_path: Path, store: Store, board: LiveBoard
) -> None:
    with running(settings(tmp_path, hold_s=LONG_HOLD_S)):
        wait_until(lambda: is_well(store))
        board.hold()
        wait_until(lambda: board.outputs()[RED])
        board.unplug()
        wait_until(lambda: "tidak terhubung" in faults(store))
        assert pressed(store) == 0
        board.plug("ttyACM7")

        wait_until(lambda: pressed(store) == 1)
        board.release()
        wait_until(lambda: is_well(store))

    assert pressed(store) == 1


def test_a_board_that_loses_its_power_in_the_middle_of_a_hold_raises_nothing_and_works_again(
    tmp_path: Path, store: Store, board: LiveBoard
) -> None:
    with running(settings(tmp_path, hold_s=LONG_HOLD_S)):
        wait_until(lambda: is_well(store))
        board.hold()
        wait_until(lambda: board.outputs()[RED])
        board.power_off()
        wait_until(lambda: "tidak terhubung" in faults(store))
        board.release()
        board.power_on()
        wait_until(lambda: is_well(store))
        assert pressed(store) == 0

        board.hold(1)
        wait_until(lambda: [alert.code.value for alert in open_alerts(store)] == ["fire"])


def test_a_host_that_dies_in_the_middle_of_a_hold_raises_the_press_once(
    tmp_path: Path, store: Store, board: LiveBoard
) -> None:
    processes = multiprocessing.get_context("spawn")
    process = processes.Process(target=serve, args=(str(tmp_path),))
    process.start()
    wait_until(lambda: is_well(store))
    board.hold()
    wait_until(lambda: board.outputs()[RED])
    process.kill()
    process.join()
    assert pressed(store) == 0

    with running(settings(tmp_path, hold_s=LONG_HOLD_S)):
        wait_until(lambda: pressed(store) == 1)
        board.release()
        wait_until(lambda: board.outputs()[SIREN])
    with running(settings(tmp_path, hold_s=LONG_HOLD_S)):
        wait_until(lambda: is_well(store))

    assert pressed(store) == 1


def serve(folder: str) -> None:
    daemon.run(settings(Path(folder), hold_s=LONG_HOLD_S), threading.Event())


def test_a_cut_cable_is_told_and_journalled_and_no_alarm(tmp_path: Path, store: Store, board: LiveBoard) -> None:
    def journalled() -> int:
        return sum(event.kind == KIND for event in events(store, Lane.HEALTH, 0, 1_000))

    with running(settings(tmp_path)):
        wait_until(lambda: is_well(store))
        board.cable(CUT)
        wait_until(lambda: "kabel tombol panic putus" in faults(store))
        board.cable(NORMAL)
        wait_until(lambda: is_well(store))

    assert (journalled(), pressed(store)) == (2, 0)


def test_noise_with_0x03_in_it_both_ways_loses_no_press(tmp_path: Path, store: Store, board: LiveBoard) -> None:
    chance = random.Random(3)

    def spoil(data: bytes) -> bytes:
        noise = bytes(chance.choices((3, 3, 13, 10, 4, 0, 255), k=chance.randint(0, 20)))
        return noise + data if chance.random() < 0.5 else data + noise

    board.spoil_to_host = board.spoil_to_board = spoil
    with running(settings(tmp_path)):
        wait_until(lambda: is_well(store))
        for press in range(1, 4):
            board.hold()
            wait_until(lambda press=press: pressed(store) == press)  # type: ignore[misc]
            board.release()
            threading.Event().wait(0.2)  # the finger's pause, without which the next press would be the same one

    assert pressed(store) == 3
