"""The talk with the box over a wire that loses, repeats, cuts and delays."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.box_board import Board
from firmware_bridge.box_session import PING_MS, BoxSession
from firmware_bridge.condition import Condition
from firmware_bridge.debounce import Edge
from firmware_bridge.frames import HostAck, HostPing, HostShow, encode, frames_from_host
from firmware_bridge.ports import Command, Started
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp

Wire = Callable[[bytes], bytes]
HOST_AHEAD_MS = 70_000  # the two clocks have nothing to do with one another


class Ends:
    """A session and a board, joined by a wire that the test chooses."""

    def __init__(self, wire: Wire = lambda data: data, levels: dict[str, bool] | None = None) -> None:
        self.wire = wire
        self.now_ms = 1_000
        self.session = BoxSession()
        self.board = Board("sim-1", levels or {"panic": False}, self.now_ms)
        self.readings: list[Edge | Started | Condition] = []
        self.acks = frames_from_host()
        self.connect()

    @property
    def host_ms(self) -> int:
        return self.now_ms + HOST_AHEAD_MS

    def connect(self) -> None:
        self.session.connected(self.host_ms)
        self.deliver(encode(self.board.hello(self.now_ms)), safe=True)
        self.resend()

    def contact(self, level: bool, name: str = "panic") -> None:
        edge = self.board.contact(name, level, self.now_ms)
        if edge is not None:
            self.deliver(encode(edge))

    def resend(self) -> None:
        for edge in self.board.held():
            self.deliver(encode(edge))

    def deliver(self, data: bytes, safe: bool = False) -> None:
        self.readings += self.session.receive(data if safe else self.wire(data), self.host_ms)

    def answer(self) -> None:
        for frame in self.acks.feed(self.session.outgoing(self.host_ms)):
            if isinstance(frame, HostAck):
                self.board.acknowledge(frame)

    @property
    def levels(self) -> list[bool]:
        return [reading.level for reading in self.readings if isinstance(reading, Edge)]


def test_the_first_reading_is_the_level_at_start() -> None:
    ends = Ends(levels={"panic": True})

    assert ends.readings == [Started({"panic": True}, ends.host_ms)]


def test_edges_carry_the_hosts_time_and_a_name_for_good() -> None:
    ends = Ends()
    ends.now_ms += 500
    ends.contact(True)

    assert ends.readings[1:] == [Edge("panic", True, ends.host_ms, f"sim-1:{ends.board.boot}:1")]


def test_a_press_from_before_the_host_came_is_delivered_with_its_own_times() -> None:
    ends = Ends()
    ends.session = BoxSession()  # the host died
    ends.readings.clear()
    ends.now_ms += 5_000
    ends.board.contact("panic", True, ends.now_ms)
    ends.now_ms += 1_200
    ends.board.contact("panic", False, ends.now_ms)
    ends.now_ms += 8_000

    ends.connect()

    started, down, up = ends.readings
    assert isinstance(started, Started)
    assert isinstance(down, Edge)
    assert isinstance(up, Edge)
    assert started.levels == {"panic": False}
    assert (up.mono_ms - down.mono_ms, started.mono_ms) == (1_200, down.mono_ms)


def test_nothing_is_certain_between_the_greeting_and_the_held_edges() -> None:
    ends = Ends()
    ends.session = BoxSession()
    ends.board.contact("panic", True, ends.now_ms)
    pressed_ms = ends.host_ms
    ends.now_ms += 9_000
    ends.session.connected(ends.host_ms)
    ends.deliver(encode(ends.board.hello(ends.now_ms)))

    assert ends.session.certain_until_ms(ends.host_ms) == pressed_ms
    ends.resend()
    assert ends.session.certain_until_ms(ends.host_ms) == ends.host_ms


def test_a_repeated_edge_is_read_once_and_acknowledged_once_it_is_decided() -> None:
    ends = Ends()
    ends.contact(True)
    ends.resend()
    ends.resend()
    ends.answer()
    assert ends.levels == [True]
    assert len(ends.board.held()) == 1

    ends.session.settle("panic")
    ends.answer()

    assert ends.board.held() == []


def test_an_acknowledgement_that_was_lost_is_given_again() -> None:
    ends = Ends()
    ends.contact(True)
    ends.session.settle("panic")
    ends.session.outgoing(ends.host_ms)  # lost on its way
    ends.session.lost(ends.host_ms)
    ends.connect()
    ends.answer()

    assert ends.board.held() == []
    assert ends.levels == [True]


def test_the_same_box_after_a_lost_line_does_not_start_anew() -> None:
    ends = Ends()
    ends.contact(True)
    ends.session.lost(ends.host_ms)
    ends.now_ms += 3_000
    assert ends.session.certain_until_ms(ends.host_ms) == ends.host_ms - 3_000
    ends.board.contact("panic", False, ends.now_ms)

    ends.connect()

    assert [type(reading) for reading in ends.readings] == [Started, Edge, Edge]


def test_a_box_that_booted_starts_anew() -> None:
    ends = Ends()
    ends.session.lost(ends.host_ms)
    ends.board = Board("sim-1", {"panic": True}, ends.now_ms)

    ends.connect()

    assert [type(reading) for reading in ends.readings] == [Started, Started]


def test_an_acknowledgement_for_an_earlier_boot_changes_nothing() -> None:
    ends = Ends()
    ends.contact(True)
    ends.board.acknowledge(HostAck("other", [1]))

    assert len(ends.board.held()) == 1


@given(seed=st.integers(0, 5_000), lost=st.sampled_from([0.0, 0.2, 0.6]), flips=st.integers(1, 20))
def test_every_edge_is_read_once_and_in_order_over_a_wire_that_loses_and_spoils_lines(
    seed: int, lost: float, flips: int
) -> None:
    chance = random.Random(seed)

    def spoil(data: bytes) -> bytes:
        if chance.random() >= lost:
            return data
        return chance.choice([b"", data[: len(data) // 2] + b"\n", b"\x00\xff\n"])

    ends = Ends(spoil)
    level = False
    for _ in range(flips):
        level = not level
        ends.now_ms += 40
        ends.contact(level)
        if chance.random() < 0.3:
            ends.resend()
        if chance.random() < 0.3:
            ends.session.settle("panic")
            ends.answer()
    ends.wire = lambda data: data
    ends.resend()
    ends.session.settle("panic")
    ends.answer()

    assert ends.levels == [turn % 2 == 0 for turn in range(flips)]
    assert ends.board.held() == []


def test_a_stalled_loop_does_not_squeeze_a_hold() -> None:
    ends = Ends()
    ends.now_ms += 1_000
    down = ends.board.contact("panic", True, ends.now_ms)
    ends.now_ms += 1_200
    up = ends.board.contact("panic", False, ends.now_ms)
    ends.now_ms += 2_000  # the loop was held up and reads everything at once
    assert down is not None
    assert up is not None
    ends.deliver(encode(down) + encode(up))

    first, second = (reading for reading in ends.readings if isinstance(reading, Edge))
    assert second.mono_ms - first.mono_ms == 1_200


def test_a_ping_goes_out_every_second() -> None:
    ends = Ends()
    ends.session.outgoing(ends.host_ms)
    assert ends.session.outgoing(ends.host_ms + PING_MS - 1) == b""

    frames = ends.acks.feed(ends.session.outgoing(ends.host_ms + PING_MS))

    assert frames == [HostPing(1)]


@pytest.mark.parametrize("greeted", [False, True])
def test_edges_before_a_greeting_count_for_nothing(greeted: bool) -> None:
    session = BoxSession()
    session.connected(0)
    board = Board("sim-1", {"panic": False}, 0)
    edge = board.contact("panic", True, 5)
    assert edge is not None
    hello = encode(board.hello(6)) if greeted else b""

    readings = session.receive(hello + encode(edge), 10)

    assert len(readings) == (2 if greeted else 0)


@pytest.mark.parametrize("letter", ["x", "é", "ꦏ", "🚨", "\x01", '"'])
def test_long_words_and_many_faults_are_cut_to_fit_a_frame(letter: str) -> None:
    session = BoxSession()
    session.connected(0)
    session.show(Command(Lamp.GREEN, 1, False, 0, letter * 5_000, TITIR, (letter * 500,) * 50))

    (frame,) = [frame for frame in frames_from_host().feed(session.outgoing(0)) if isinstance(frame, HostShow)]

    assert len(frame.command.message) >= 80
    assert len(msgspec.json.encode(frame)) < 1_024
