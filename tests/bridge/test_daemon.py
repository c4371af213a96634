"""The whole way with a real database, a real socket and the simulated box, in real time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest

from deploy.demo.box import Box
from firmware_bridge import daemon
from kiosk.core.alert import AlertAction, AlertCode, AlertState
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.core.settings import Paths, Site, SiteSettings, SyncSettings
from kiosk.store.alerts import advance, open_alerts, raise_alert
from kiosk.store.database import Store, open_store
from kiosk.store.parts import parts
from tests.bridge.rig import BUTTONS, database, wait_until

HOLD_S = 0.2


def settings(
    folder: Path, inputs: Literal["simulated", "panel", "none"] = "simulated", hold_s: float = HOLD_S, **bridge: Any
) -> SiteSettings:
    return SiteSettings(
        site=Site("31.74.05.1001", "Kelurahan Contoh", "Jalan Contoh 1"),
        sync=SyncSettings("0" * 64),
        paths=Paths(str(folder)),
        bridge=BridgeSettings(inputs, str(folder / "box.sock"), BUTTONS, hold_s=hold_s, **bridge),
    )


@contextmanager
def running(site: SiteSettings) -> Iterator[None]:
    """The daemon in a thread; fails the test with whatever ended it."""
    stop, raised = threading.Event(), []

    def work() -> None:
        try:
            daemon.run(site, stop)
        except BaseException as error:
            raised.append(error)
            raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert raised == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(database(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Box(tmp_path / "box.sock", ("panic", "fire"), seed=3) as made:
        yield made


def test_a_press_becomes_an_alert_with_siren_and_an_answer_turns_the_lamp_green(
    tmp_path: Path, store: Store, box: Box
) -> None:
    with running(settings(tmp_path)):
        wait_until(lambda: box.state()["connected"] is True)
        box.press("panic", HOLD_S + 0.2)
        wait_until(lambda: box.state()["lamp"] == "red-fast")
        assert box.state()["siren"]
        assert box.state()["message"] == "Mengirim…"
        (alert,) = open_alerts(store)

        for action in (AlertAction.HAND, AlertAction.CARRY, AlertAction.RECEIVE):
            advance(store, alert.id, action, "test")
        wait_until(lambda: box.state()["lamp"] == "amber-slow")
        advance(store, alert.id, AlertAction.ACKNOWLEDGE, "test", officer="Ipda Sari")
        wait_until(lambda: box.state()["lamp"] == "green-steady")

        assert not box.state()["siren"]
        assert "Ipda Sari" in str(box.state()["message"])
        wait_until(lambda: box.state()["held_edges"] == 0)


def test_the_loudspeaker_of_a_site_is_heard_and_a_silent_alert_is_not(
    tmp_path: Path, store: Store, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard.raw"
    aplay = tmp_path / "aplay"
    aplay.write_text(f"#!/bin/sh\nexec cat >> {heard}\n")
    aplay.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def is_loud() -> bool:
        return any(heard.read_bytes())

    with running(settings(tmp_path, loudspeaker=LoudspeakerSettings(engine="tones"))):
        wait_until(lambda: box.state()["connected"] is True and heard.is_file(), within_s=60)
        raise_alert(store, AlertCode.SILENT, "button")
        wait_until(lambda: parts(store) != [] and parts(store)[0].detail["open_alerts"] == 0)
        assert not is_loud()
        box.press("panic", HOLD_S + 0.2)
        wait_until(is_loud, within_s=60)
        assert box.state()["siren"]
    assert box.state()["seen_faults"] == []


def test_a_tap_lights_the_button_and_raises_nothing(tmp_path: Path, store: Store, box: Box) -> None:
    lit = threading.Event()
    changes = box.subscribe()
    with running(settings(tmp_path, hold_s=4.0)):
        wait_until(lambda: box.state()["connected"] is True)
        box.press("panic", 1.0)
        wait_until(lambda: box.state()["held_edges"] == 0 and box.state()["inputs"] == {"panic": False, "fire": False})
        wait_until(lambda: box.state()["lamp"] == "off")
    while not changes.empty():
        if changes.get()["lamp"] == "red-steady":
            lit.set()

    assert lit.is_set()
    assert open_alerts(store) == []


def test_a_press_while_the_daemon_was_dead_is_raised_when_it_is_back(tmp_path: Path, store: Store, box: Box) -> None:
    with running(settings(tmp_path)):
        wait_until(lambda: box.state()["connected"] is True)
    box.press("panic", HOLD_S + 0.1)
    wait_until(lambda: box.state()["inputs"] == {"panic": False, "fire": False})

    with running(settings(tmp_path)):
        wait_until(lambda: len(open_alerts(store)) == 1)
        wait_until(lambda: box.state()["held_edges"] == 0)


def test_a_daemon_that_dies_in_the_middle_of_a_hold_loses_no_press(tmp_path: Path, store: Store, box: Box) -> None:
    with running(settings(tmp_path, hold_s=1.5)):
        wait_until(lambda: box.state()["connected"] is True)
        box.hold("panic")
        wait_until(lambda: box.state()["lamp"] == "red-steady")

    with running(settings(tmp_path, hold_s=1.5)):
        wait_until(lambda: box.state()["lamp"] == "red-fast")
        box.release("panic")
        wait_until(lambda: box.state()["held_edges"] == 0)

        assert [alert.presses for alert in open_alerts(store)] == [1]


def test_a_daemon_that_starts_again_resumes_the_alert_and_raises_no_second(
    tmp_path: Path, store: Store, box: Box
) -> None:
    for _ in range(3):
        with running(settings(tmp_path)):
            wait_until(lambda: box.state()["connected"] is True)
            if not open_alerts(store):
                box.press("panic", HOLD_S + 0.1)
            wait_until(lambda: box.state()["lamp"] == "red-fast")
            assert box.state()["siren"]

    assert [alert.presses for alert in open_alerts(store)] == [1]


def test_an_alert_that_nobody_answers_is_said_to_be_unanswered(tmp_path: Path, store: Store, box: Box) -> None:
    with running(settings(tmp_path, unanswered_after_s=0.5)):
        wait_until(lambda: box.state()["connected"] is True)
        box.press("panic", HOLD_S + 0.1)
        wait_until(lambda: box.state()["lamp"] == "red-amber")

        assert open_alerts(store)[0].state is AlertState.UNANSWERED
        assert "110" in str(box.state()["message"])


def test_the_daemon_finds_a_box_that_lost_its_power(tmp_path: Path, store: Store, box: Box) -> None:
    with running(settings(tmp_path)):
        wait_until(lambda: box.state()["connected"] is True)
        box.power_off()
        wait_until(lambda: any("tidak terhubung" in str(part.detail) for part in parts(store)))
        box.power_on()
        wait_until(lambda: box.state()["connected"] is True)
        box.press("fire", HOLD_S + 0.1)
        wait_until(lambda: len(open_alerts(store)) == 1)


def test_a_button_held_while_the_box_boots_is_a_fault_and_no_alert(tmp_path: Path, store: Store, box: Box) -> None:
    box.power_off()
    box.hold("panic")
    box.power_on()
    with running(settings(tmp_path)):
        wait_until(lambda: box.state()["seen_faults"] == ["tombol panic macet"], within_s=6)
        box.press("fire", HOLD_S + 0.1)
        wait_until(lambda: [alert.code.value for alert in open_alerts(store)] == ["fire"])


def test_a_dead_daemon_leaves_no_lamp_on_and_no_siren_beyond_its_time(tmp_path: Path, store: Store, box: Box) -> None:
    with running(settings(tmp_path, siren_limit_s=2.0)):
        wait_until(lambda: box.state()["connected"] is True)
        box.press("panic", HOLD_S + 0.1)
        wait_until(lambda: bool(box.state()["siren"]))

    wait_until(lambda: not box.state()["siren"])
    wait_until(lambda: box.state()["lamp"] == "off")
    assert len(open_alerts(store)) == 1


def test_the_daemon_says_that_it_is_ready_lives_and_ends(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        with running(settings(tmp_path, "none")):
            assert told.recv(100) == b"READY=1"
            assert told.recv(100) == b"WATCHDOG=1"

        assert told.recv(100) == b"STOPPING=1"
    (part,) = parts(store)
    assert (part.name, part.ok) == ("bridge", True)


def test_a_site_without_a_box_still_times_out_an_alert_from_the_screen(tmp_path: Path, store: Store) -> None:
    raise_alert(store, AlertCode.MEDICAL, "screen")
    with running(settings(tmp_path, "none", unanswered_after_s=0.2)):
        wait_until(lambda: open_alerts(store)[0].state is AlertState.UNANSWERED)
