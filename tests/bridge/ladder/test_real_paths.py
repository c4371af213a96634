"""The daemon with a modem on a real pseudo-terminal and a receiving centre that others wrote, through their faults."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from deploy.demo.box import Box
from firmware_bridge import daemon
from firmware_bridge.modem.emulated_line import EmulatedLine
from firmware_bridge.modem.emulated_world import World
from firmware_bridge.modem.emulator import EmulatedModem
from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.receiver_settings import ReceiverSettings
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import advance, find, open_alerts, raise_alert, steps
from kiosk.store.database import Store, open_store
from tests.bridge.dc09.rig import ACCOUNT
from tests.bridge.dc09.test_pysiaalarm import Other
from tests.bridge.ladder.played import good_answer
from tests.bridge.modem.test_port import FastClock
from tests.bridge.rig import database, wait_until
from tests.bridge.test_daemon import HOLD_S, settings
from tests.store.test_documents import bring

FAST = 5  # the time limits of modem and ladder pass within a test's
KEY = "0123456789abcdef"
LADDER = """\
version = 3
dated = 2026-11-22

[[contacts]]
id = "piket-1"
name = "Piket Polsek Cilandak"
role = "duty"
number = "+6281210001000"
acknowledges = true

[[rungs]]
after_s = 0
do = ["mqtt", "siren", "beat"]

[[rungs]]
after_s = 1
unless = "received"
do = ["dc09"]
sms = ["duty"]

[[rungs]]
after_s = 100
do = ["unanswered"]
"""


def until(reached: Callable[[], bool]) -> None:
    wait_until(reached, within_s=40)


def site_settings(folder: Path, port: int, key_file: str = "") -> SiteSettings:
    modem = ModemSettings(devices=(f"{folder}/usb-modem-*",))
    receiver = ReceiverSettings("127.0.0.1", port, ACCOUNT, key_file=key_file, key_form="text")
    return settings(folder, "simulated", modem=modem, receiver=receiver)


@contextmanager
def running(site: SiteSettings) -> Iterator[None]:
    """The daemon in a thread, in fast time."""
    stop, raised = threading.Event(), []

    def work() -> None:
        try:
            daemon.run(site, stop, FastClock(FAST))
        except BaseException as error:
            raised.append(error)
            raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert raised == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(database(tmp_path), FastClock(FAST))) as opened:
        bring(opened, LADDER.encode(), 1, "ladder")
        yield opened


@pytest.fixture
def line(tmp_path: Path) -> Iterator[EmulatedLine]:
    with closing(EmulatedLine(EmulatedModem(world=World(reports=((0x00, 20),))), tmp_path)) as made:
        yield made


@pytest.fixture
def centre() -> Iterator[Other]:
    with closing(Other("tcp", KEY)) as made:
        yield made


def levels(store: Store, alert: Alert, path: str) -> list[int]:
    return [step.level.value for step in steps(store, alert.id) if step.path == path]


def is_handed_over(store: Store, alert: Alert) -> bool:
    asked = "SELECT 1 FROM alert_action WHERE alert_id = ? AND key = 'sms/piket-1' AND attempts = 1"
    return bool(store.all(asked, alert.id))


def sent(line: EmulatedLine) -> list[str]:
    with line.modem() as modem:
        return [text.text for text in modem.world.sent]


def reports(centre: Other) -> list[tuple[str | None, str | None]]:
    """Qualifier and code of every event that came, without polls and the daily test."""
    came = [(event.event_qualifier, event.event_type) for event in centre.came]
    return [report for report in came if report[1] not in (None, "602")]


def test_a_press_goes_by_sms_and_dc09_and_comes_back_as_a_name(
    tmp_path: Path, store: Store, line: EmulatedLine, centre: Other
) -> None:
    (tmp_path / "dc09.key").write_text(f"{KEY}\n")
    line.plug("usb-modem-if02")
    with (
        Box(tmp_path / "box.sock", ("panic", "fire"), seed=3) as box,
        running(site_settings(tmp_path, centre.port, str(tmp_path / "dc09.key"))),
    ):
        until(lambda: box.state()["connected"] is True)
        box.press("panic", (HOLD_S + 0.2))
        until(lambda: len(open_alerts(store)) == 1)
        (alert,) = open_alerts(store)
        until(lambda: levels(store, alert, "sms/piket-1") == [2, 3, 4])
        until(lambda: levels(store, alert, "dc09") == [2, 3])
        until(lambda: box.state()["lamp"] == "amber-slow")

        with line.modem() as modem:
            modem.text_in("+6281299999999", good_answer(alert), line.now_ms())
            modem.text_in("081210001000", good_answer(alert), line.now_ms())
        until(lambda: box.state()["lamp"] == "green-steady")

        assert "Piket Polsek Cilandak" in str(box.state()["message"])
        assert not box.state()["siren"]
    assert len(sent(line)) == 1
    assert find(store, alert.id).officer == "Piket Polsek Cilandak"


def test_a_modem_that_vanishes_in_the_middle_of_a_text_gets_it_again_under_another_name(
    tmp_path: Path, store: Store, line: EmulatedLine, centre: Other
) -> None:
    with line.modem() as modem:
        modem.world.hangs = ["frame"]
    line.plug("usb-modem-if02")
    with running(site_settings(tmp_path, centre.port)):
        alert = raise_alert(store, AlertCode.FIRE, "screen")
        until(lambda: levels(store, alert, "sms/piket-1") == [2])
        line.unplug()
        with line.modem() as modem:
            modem.dtr_dropped()
        line.plug("usb-modem-if05")
        until(lambda: levels(store, alert, "sms/piket-1") == [2, 3, 4])

    assert len(sent(line)) == 1


def test_an_answer_by_the_post_withdraws_the_text_of_a_modem_that_has_no_network(
    tmp_path: Path, store: Store, line: EmulatedLine, centre: Other
) -> None:
    with line.modem() as modem:
        modem.world.stat = 2
    line.plug("usb-modem-if02")
    with running(site_settings(tmp_path, centre.port)):
        alert = raise_alert(store, AlertCode.FIRE, "screen")
        until(lambda: is_handed_over(store, alert))
        advance(store, alert.id, AlertAction.ACKNOWLEDGE, "posko", officer="Ipda Sari")
        later = raise_alert(store, AlertCode.MEDICAL, "screen")
        until(lambda: is_handed_over(store, later))
        with line.modem() as modem:
            modem.world.stat = 1
        until(lambda: levels(store, later, "sms/piket-1") == [2, 3, 4])

    assert ["Darurat medis" in text for text in sent(line)] == [True]


def serve(folder: str, port: int) -> None:
    daemon.run(site_settings(Path(folder), port), threading.Event(), FastClock(FAST))


def test_a_daemon_that_is_killed_in_the_middle_of_a_text_sends_it_when_it_is_back_and_repeats_nothing_proven(
    tmp_path: Path, store: Store, line: EmulatedLine, centre: Other
) -> None:
    processes = multiprocessing.get_context("spawn")

    def start() -> multiprocessing.process.BaseProcess:
        process = processes.Process(target=serve, args=(str(tmp_path), centre.port))
        process.start()
        return process

    with line.modem() as modem:
        modem.world.hangs = ["frame"]
        modem.world.hangs_until = "dtr"
    line.plug("usb-modem-if02")
    process = start()
    alert = raise_alert(store, AlertCode.FIRE, "screen")
    until(lambda: levels(store, alert, "sms/piket-1") == [2] and levels(store, alert, "dc09") == [2, 3])
    process.kill()
    process.join()

    process = start()
    until(lambda: levels(store, alert, "sms/piket-1") == [2, 3, 4])
    process.kill()
    process.join()
    process.close()

    assert len(sent(line)) == 1
    assert [report for report in reports(centre) if report[1] != "602"] == [("1", "110")]
    assert [open_.id for open_ in open_alerts(store)] == [alert.id]
    assert find(store, alert.id).evidence is Evidence.RECEIVED


def test_a_key_file_that_is_missing_is_a_fault_and_the_siren_sounds(
    tmp_path: Path, store: Store, line: EmulatedLine, centre: Other
) -> None:
    with (
        Box(tmp_path / "box.sock", ("panic", "fire"), seed=3) as box,
        running(site_settings(tmp_path, centre.port, str(tmp_path / "none.key"))),
    ):
        until(lambda: "jalur DC-09: berkas kunci" in str(box.state()["seen_faults"]))
        box.press("fire", (HOLD_S + 0.2))
        until(lambda: bool(box.state()["siren"]))
    assert [alert.state for alert in open_alerts(store)] == [AlertState.RAISED]
