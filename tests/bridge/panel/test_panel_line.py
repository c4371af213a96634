"""The panel board's port as the kernel gives it: it vanishes, is somebody else's, takes nothing; the loop goes on."""

from __future__ import annotations

import os
import pty
import select
import struct
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import serial

from firmware_bridge.condition import Condition
from firmware_bridge.debounce import Edge
from firmware_bridge.line import kept_by_the_box
from firmware_bridge.panel.frames import Frame, to_bytes
from firmware_bridge.panel.line import PanelLine, SerialWire
from firmware_bridge.ports import Command, Reading, Started
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp
from kiosk.core.clock import ManualClock
from tests.bridge.panel.vectors import VECTORS
from tests.bridge.rig import wait_until

HELLO, PONG = (bytes.fromhex(VECTORS["from_board"][place]["wire"]) for place in (0, 15))
COMMAND = Command(Lamp.RED_FAST, 5_000, True, 5_000, "Mengirim…", TITIR)
BOOT = 0x9C1E77D2


class Port:
    """A pseudo-terminal under a name of its own; the test is the board."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.board, self._kernel = pty.openpty()
        tty.setraw(self._kernel)
        path.symlink_to(os.ttyname(self._kernel))

    def say(self, data: bytes) -> None:
        os.write(self.board, data)

    def hear(self) -> bytes:
        ready, _, _ = select.select([self.board], [], [], 5)
        return os.read(self.board, 4_096) if ready else b""

    def close(self) -> None:
        if self.path.is_symlink():
            self.path.unlink()
            os.close(self.board)
            os.close(self._kernel)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    with closing(Port(tmp_path / "ttyACM0")) as made:
        yield made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(mono_ms=100_000)


@pytest.fixture
def line(tmp_path: Path, clock: ManualClock) -> Iterator[PanelLine]:
    with closing(PanelLine(str(tmp_path / "ttyACM*"), clock, kept_by_the_box, jitter=lambda: 1.0)) as made:
        yield made


def read(line: PanelLine, readings: int) -> list[Reading]:
    """So many readings; the kernel gives what was written when and in what pieces it likes."""
    got: list[Reading] = []

    def came() -> bool:
        got.extend(line.read(0.01))
        return len(got) >= readings

    wait_until(came)
    return got


def greeted(line: PanelLine, port: Port) -> None:
    line.read(0)
    port.say(HELLO)
    assert [type(reading) for reading in read(line, 1)] == [Started]


def test_a_port_that_is_not_there_is_a_fault_and_looked_for_again(
    line: PanelLine, clock: ManualClock, tmp_path: Path
) -> None:
    assert line.read(0) == []
    assert line.faults() == ("kotak tombol tidak terhubung",)

    with closing(Port(tmp_path / "ttyACM3")) as late:
        clock.advance(0.25)
        greeted(line, late)

        assert line.faults() == ()


def test_the_host_greets_first_and_reads_what_the_board_says(line: PanelLine, port: Port) -> None:
    line.read(0)
    assert port.hear()[3] == 0x41
    port.say(HELLO + b"\x03garbage\x00" + pressed_first())

    started, edge = read(line, 2)

    assert isinstance(started, Started)
    assert isinstance(edge, Edge)
    assert (edge.input, edge.level, line.dropped) == ("panic", True, 1)


def pressed_first() -> bytes:
    """The first event of a board that holds nothing else."""
    return to_bytes(Frame(1, 0x02, 1, struct.pack(">IIIQBBH", BOOT, 1, 0, 8_200, 1, 0, 26_550)))


def test_a_port_that_vanishes_is_opened_again_under_another_name(
    line: PanelLine, port: Port, clock: ManualClock, tmp_path: Path
) -> None:
    greeted(line, port)
    port.close()
    assert line.read(0) == []
    assert line.faults() == ("kotak tombol tidak terhubung",)

    with closing(Port(tmp_path / "ttyACM1")) as other:
        clock.advance(0.25)
        line.read(0)
        other.say(HELLO)

        wait_until(lambda: line.read(0.01) == [] and line.faults() == ())


@pytest.mark.parametrize("gone", [termios.error(5, "gone"), OSError(5, "gone"), serial.SerialException("gone")])
@pytest.mark.parametrize("where", ["read", "in_waiting", "fileno"])
def test_however_the_port_says_that_it_is_gone_it_is_opened_again(
    line: PanelLine, port: Port, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, gone: Exception, where: str
) -> None:
    greeted(line, port)

    def say_so(self: serial.Serial, data: bytes | int = 0) -> int:
        raise gone

    with monkeypatch.context() as broken:
        broken.setattr(serial.Serial, where, property(say_so) if where == "in_waiting" else say_so)
        port.say(PONG)
        line.show(COMMAND)
        line.read(1)
        assert line.faults() == ("kotak tombol tidak terhubung",)

    clock.advance(0.25)
    line.read(0)
    port.say(HELLO)
    wait_until(lambda: line.read(0.01) == [] and line.faults() == ())


def test_a_port_that_somebody_else_has_is_left_alone_until_it_is_free(
    line: PanelLine, port: Port, clock: ManualClock
) -> None:
    with serial.Serial(str(port.path), exclusive=True):
        line.read(0)
        assert line.faults() == ("kotak tombol tidak terhubung",)

    clock.advance(0.25)
    greeted(line, port)


def test_while_we_have_it_nobody_else_can(line: PanelLine, port: Port) -> None:
    greeted(line, port)

    with pytest.raises(serial.SerialException):
        serial.Serial(str(port.path), exclusive=True)


def test_of_several_ports_the_one_that_greets_is_found(
    line: PanelLine, port: Port, clock: ManualClock, tmp_path: Path
) -> None:
    with closing(Port(tmp_path / "ttyACM1")) as board:  # the first is a modem, say, and does not understand us
        for _ in range(20):
            line.read(0)
            if line.faults() == ():
                break
            if select.select([board.board], [], [], 0.05)[0]:
                board.hear()
                board.say(HELLO)
                read(line, 1)
            clock.advance(1)

        assert line.faults() == ()


def test_a_board_that_stops_reading_never_holds_up_the_loop(line: PanelLine, port: Port) -> None:
    greeted(line, port)
    began_s = time.monotonic()

    for _ in range(20_000):
        line.show(COMMAND)

    assert line.faults() == ("kotak tombol tidak terhubung",)
    assert time.monotonic() - began_s < 10


def test_a_board_that_only_talks_never_holds_up_the_loop(line: PanelLine, port: Port) -> None:
    greeted(line, port)
    os.set_blocking(port.board, False)
    began_s = time.monotonic()

    for _ in range(2_000):
        with suppress(BlockingIOError):
            port.say(PONG * 20)
        line.show(COMMAND)
        line.read(0)

    assert time.monotonic() - began_s < 10


def test_a_board_of_another_protocol_is_a_fault_but_its_presses_count(line: PanelLine, port: Port) -> None:
    line.read(0)
    newer = bytes.fromhex(VECTORS["from_board"][2]["wire"])
    port.say(newer + pressed_first())

    assert [type(reading) for reading in read(line, 2)] == [Started, Edge]
    assert line.faults()[0] == "kotak tombol memakai protokol 2, bukan 1"


def test_a_condition_is_offered_again_every_second_until_it_is_on_disk(
    tmp_path: Path, port: Port, clock: ManualClock
) -> None:
    offered: list[Condition] = []

    def record(condition: Condition) -> bool:
        offered.append(condition)
        return len(offered) > 2

    cut = to_bytes(Frame(1, 0x02, 1, struct.pack(">IIIQBBH", BOOT, 1, 0, 8_200, 3, 1, 65_535)))
    with closing(PanelLine(str(port.path), clock, record)) as line:
        greeted(line, port)
        port.say(cut)
        wait_until(lambda: line.read(0.01) == [] and len(offered) == 1)
        line.read(0)
        assert len(offered) == 1
        for _ in range(2):
            clock.advance(1)
            line.read(0)

        assert [one.key for one in offered] == ["e6614103e7452d2f:9c1e77d2:1"] * 3
        wait_until(lambda: 0x43 in [piece[2] for piece in port.hear().split(b"\0") if len(piece) > 2])
        assert line.faults() == ("kabel tombol fire putus",)


def test_a_wire_that_was_never_opened_says_so_and_closes_quietly() -> None:
    wire = SerialWire("/nowhere/tty*")
    with pytest.raises(FileNotFoundError):
        wire.open()
    with pytest.raises(ConnectionError):
        wire.read(0)

    wire.close()
