"""The simulated box behaves as hardware does: it bounces, repeats, and obeys its own clock."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.box import Box
from firmware_bridge.frames import FromHost, HostAck, HostHello, HostPing, HostShow, encode
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp
from kiosk.core.errors import BadInput
from tests.bridge.rig import wait_until


class Host:
    """A host by hand, on the real socket."""

    def __init__(self, path: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.settimeout(5)
        self._line.connect(str(path))
        self._file = self._line.makefile("rb")
        self.send(HostHello(1))

    def send(self, *frames: FromHost) -> None:
        self._line.sendall(b"".join(map(encode, frames)))

    def send_raw(self, data: bytes) -> None:
        self._line.sendall(data)

    def next(self, kind: str) -> dict[str, Any]:
        """The next frame of this kind; others are passed over."""
        while line := self._file.readline():
            frame: dict[str, Any] = json.loads(line)
            if frame["type"] == kind:
                return frame
        raise AssertionError(f"the box hung up before a {kind} came")

    def ended(self) -> bool:
        """Reads to the end of the connection, which a box that hangs up may cut short."""
        with suppress(ConnectionResetError):
            while self._file.readline():
                pass
        return True

    def close(self) -> None:
        self._file.close()
        self._line.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Box(tmp_path / "box.sock", ("panic", "fire"), seed=1) as made:
        yield made


def show(number: int, lamp_for_ms: int = 60_000, siren_for_ms: int = 60_000) -> HostShow:
    return HostShow(number, Command(Lamp.RED_FAST, lamp_for_ms, True, siren_for_ms, "Mengirim…", TITIR, ("macet",)))


def test_it_greets_with_its_levels(box: Box) -> None:
    box.hold("fire")
    with closing(Host(box.path)) as host:
        hello = host.next("box")

        assert set(hello["levels"]) == {"panic", "fire"}
        assert hello["protocol"] == 1


def test_a_contact_bounces_and_comes_to_rest(box: Box) -> None:
    with closing(Host(box.path)) as host:
        host.next("box")
        box.hold("panic")
        edges = [host.next("edge") for _ in range(3)]

        assert [edge["level"] for edge in edges] == [True, False, True]
        assert edges[2]["at_ms"] - edges[0]["at_ms"] <= 12


def test_edges_come_again_until_they_are_acknowledged(box: Box) -> None:
    with closing(Host(box.path)) as host:
        boot = host.next("box")["boot"]
        box.press("panic", 0.05)
        wait_until(lambda: box.state()["held_edges"] != 0)
        first = host.next("edge")
        while host.next("edge")["counter"] != first["counter"]:
            pass

        host.send(HostAck(boot, list(range(1, 60))))

        wait_until(lambda: box.state()["held_edges"] == 0)


def test_what_was_pressed_while_no_host_was_there_is_delivered(box: Box) -> None:
    box.press("panic", 0.03)
    wait_until(lambda: box.state()["inputs"] == {"panic": False, "fire": False})
    with closing(Host(box.path)) as host:
        hello = host.next("box")
        edge = host.next("edge")

        assert hello["levels"]["panic"] is False
        assert edge["level"] is True
        assert hello["since_ms"] == edge["at_ms"]


def test_a_command_is_obeyed_until_its_time_is_over_by_the_boxs_own_clock(box: Box) -> None:
    with closing(Host(box.path)) as host:
        host.send(show(1, lamp_for_ms=150, siren_for_ms=300))
        wait_until(lambda: box.state()["lamp"] == "red-fast")
        assert box.state()["siren"]
        assert box.state()["message"] == "Mengirim…"
        assert box.state()["seen_faults"] == ["macet"]

    wait_until(lambda: box.state()["lamp"] == "off")
    wait_until(lambda: not box.state()["siren"])
    assert box.state()["message"] == ""


def test_the_siren_of_a_dead_host_finishes_its_time_and_no_more(box: Box) -> None:
    with closing(Host(box.path)) as host:
        host.send(show(1, siren_for_ms=400))
        wait_until(lambda: bool(box.state()["siren"]))

    wait_until(lambda: box.state()["connected"] is False)
    assert box.state()["siren"]
    wait_until(lambda: not box.state()["siren"])


def test_a_late_copy_of_an_older_command_changes_nothing(box: Box) -> None:
    with closing(Host(box.path)) as host:
        host.send(show(5), HostShow(4, Command(Lamp.OFF, 0, False, 0, "", TITIR)), HostPing(9))
        assert host.next("pong")["number"] == 9

        assert box.state()["siren"]


def test_garbage_is_dropped_and_counted_and_the_line_goes_on(box: Box) -> None:
    with closing(Host(box.path)) as host:
        host.send_raw(b"\x00\xffgarbage\n{}\n" + b"x" * 5_000 + b"\n")
        host.send(HostPing(3))

        assert host.next("pong")["number"] == 3
        assert box.state()["dropped_lines"] == 3


def test_the_newest_host_counts(box: Box) -> None:
    with closing(Host(box.path)) as first, closing(Host(box.path)) as second:
        second.next("box")
        assert first.ended()

        second.send(show(1))

        wait_until(lambda: box.state()["lamp"] == "red-fast")


def test_pulling_the_plug_ends_line_and_lamp_but_the_siren_finishes_its_time(box: Box) -> None:
    with closing(Host(box.path)) as host:
        boot = host.next("box")["boot"]
        host.send(show(1))
        wait_until(lambda: bool(box.state()["siren"]))
        box.power_off()
        assert host.ended()

    state = box.state()
    assert (state["powered"], state["lamp"], state["siren"], state["message"]) == (False, "off", True, "")
    assert not box.path.exists()

    box.power_on()
    with closing(Host(box.path)) as host:
        assert host.next("box")["boot"] != boot


def test_a_siren_without_a_battery_stops_with_the_mains(tmp_path: Path) -> None:
    with Box(tmp_path / "box.sock", siren_unplugged="stop") as box, closing(Host(box.path)) as host:
        host.send(show(1))
        wait_until(lambda: bool(box.state()["siren"]))

        box.power_off()

        assert not box.state()["siren"]


def test_a_finger_that_is_on_the_button_at_boot_shows_in_the_levels_at_start(box: Box) -> None:
    box.power_off()
    box.hold("panic")
    box.power_on()
    with closing(Host(box.path)) as host:
        hello = host.next("box")

        assert hello["levels"] == {"panic": True, "fire": False}


def test_an_unknown_button_is_refused(box: Box) -> None:
    with pytest.raises(BadInput):
        box.press("nuklir", 1.0)


def test_subscribers_get_the_state_now_and_at_every_change(box: Box) -> None:
    changes = box.subscribe()
    assert changes.get(timeout=5)["inputs"] == {"panic": False, "fire": False}

    box.hold("panic")

    assert changes.get(timeout=5)["inputs"] == {"panic": True, "fire": False}
    box.unsubscribe(changes)


def test_the_callback_gets_every_change(tmp_path: Path) -> None:
    pressed = threading.Event()

    def look(state: dict[str, object]) -> None:
        if state["inputs"] == {"panic": True}:
            pressed.set()

    with Box(tmp_path / "box.sock", on_change=look) as box:
        box.hold("panic")

        assert pressed.wait(5)


def test_closing_twice_is_no_error(tmp_path: Path) -> None:
    box = Box(tmp_path / "box.sock")
    box.close()
    box.close()
