"""The line to the box is opened again for ever, and a box that misbehaves never holds up the loop."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.box_line import BoxLine
from firmware_bridge.debounce import Edge
from firmware_bridge.frames import BoxEdge, BoxHello, BoxPong, encode
from firmware_bridge.line import BACK_OFF_FIRST_S, BACK_OFF_LAST_S, back_off_s
from firmware_bridge.ports import Command, Started
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp
from kiosk.core.clock import ManualClock

COMMAND = Command(Lamp.RED_FAST, 5_000, True, 5_000, "Mengirim…", TITIR)
HELLO = encode(BoxHello(1, "sim-1", "b1", 0, 0, 0, {"panic": False}))


@given(attempt=st.integers(0, 100_000), jitter=st.floats(0, 1))
def test_the_pause_before_reopening_stays_between_a_quarter_and_five_seconds(attempt: int, jitter: float) -> None:
    assert BACK_OFF_FIRST_S <= back_off_s(attempt, jitter) <= BACK_OFF_LAST_S


def test_the_pause_grows() -> None:
    pauses = [back_off_s(attempt, 1.0) for attempt in range(6)]

    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0]


class Played:
    """A box by hand: listens, and says what the test wants."""

    def __init__(self, path: Path) -> None:
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(path))
        self.server.listen(1)
        self.line: socket.socket | None = None

    def accept(self) -> socket.socket:
        self.line, _ = self.server.accept()
        return self.line

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
        self.server.close()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    with closing(Played(tmp_path / "box.sock")) as made:
        yield made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(mono_ms=100_000)


@pytest.fixture
def line(tmp_path: Path, clock: ManualClock) -> Iterator[BoxLine]:
    with closing(BoxLine(str(tmp_path / "box.sock"), clock, jitter=lambda: 1.0)) as made:
        yield made


def test_a_box_that_is_not_there_is_a_fault_and_tried_again(line: BoxLine, clock: ManualClock, tmp_path: Path) -> None:
    assert line.read(0) == []
    assert line.faults() == ("kotak tombol tidak terhubung",)
    line.show(COMMAND)

    with closing(Played(tmp_path / "box.sock")) as late:
        line.read(0)  # too early to try again
        clock.advance(0.25)
        line.read(0)
        late.accept().sendall(HELLO)

        assert [type(reading) for reading in line.read(1)] == [Started]
        assert line.faults() == ()


def test_garbage_from_the_box_is_counted_and_the_edge_after_it_is_read(line: BoxLine, played: Played) -> None:
    line.read(0)
    played.accept().sendall(b"\xff\xfe\n" + HELLO + b"{broken\n" + encode(BoxEdge(1, 0, "panic", True, 5)))

    assert [type(reading) for reading in line.read(1)] == [Started, Edge]
    assert line.dropped == 2


def test_a_box_that_hangs_up_is_opened_again(line: BoxLine, played: Played, clock: ManualClock) -> None:
    line.read(0)
    played.accept().sendall(HELLO)
    line.read(1)
    assert played.line is not None
    played.line.close()

    assert line.read(1) == []
    assert line.faults() != ()
    lost_ms = clock.now().mono_ms
    clock.advance(0.25)
    assert line.certain_until_ms(clock.now().mono_ms) == lost_ms
    line.read(0)
    played.accept().sendall(HELLO)
    line.read(1)

    assert line.faults() == ()
    assert line.certain_until_ms(clock.now().mono_ms) == clock.now().mono_ms


def test_a_silent_box_is_suspect_after_3_s_and_opened_again_after_5(
    line: BoxLine, played: Played, clock: ManualClock
) -> None:
    line.read(0)
    played.accept().sendall(HELLO)
    line.read(1)

    clock.advance(3.5)
    line.read(0)
    assert line.faults() == ("kotak tombol tidak menjawab",)
    clock.advance(2)
    line.read(0)

    assert line.faults() == ("kotak tombol tidak terhubung",)


def test_a_box_that_answers_stays(line: BoxLine, played: Played, clock: ManualClock) -> None:
    line.read(0)
    played.accept().sendall(HELLO)
    line.read(1)
    assert played.line is not None
    for number in range(20):
        clock.advance(1)
        played.line.sendall(encode(BoxPong(number, 0)))
        line.read(1)

    assert line.faults() == ()


def test_a_box_that_stops_reading_never_holds_up_the_loop(line: BoxLine, played: Played) -> None:
    line.read(0)
    played.accept().sendall(HELLO)
    line.read(1)
    began_s = time.monotonic()

    for _ in range(20_000):
        line.show(COMMAND)

    assert line.faults() == ("kotak tombol tidak terhubung",)
    assert time.monotonic() - began_s < 10


def test_a_box_of_another_protocol_is_a_fault_but_its_presses_count(line: BoxLine, played: Played) -> None:
    line.read(0)
    hello = encode(BoxHello(2, "sim-1", "b1", 0, 0, 0, {"panic": False}))
    played.accept().sendall(hello + encode(BoxEdge(1, 0, "panic", True, 5)))

    assert [type(reading) for reading in line.read(1)] == [Started, Edge]
    assert line.faults() == ("kotak tombol memakai protokol 2, bukan 1",)
