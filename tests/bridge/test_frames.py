"""A wire may bring anything; only whole, well-formed lines are frames and nothing else disturbs them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.frames import (
    FRAME_LIMIT_BYTES,
    BoxEdge,
    BoxHello,
    BoxPong,
    FromBox,
    HostShow,
    encode,
    frames_from_box,
    frames_from_host,
)
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR
from kiosk.core.alarm_words import Lamp

SENT: list[FromBox] = [
    BoxHello(1, "sim-1", "b1", 5, 5, 0, {"panic": False}),
    BoxEdge(1, 0, "panic", True, 10),
    BoxPong(1, 20),
]
STREAM = b"".join(encode(frame) for frame in SENT)
JUNK = st.binary(max_size=300).map(lambda junk: junk.replace(b"\n", b""))


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=30).map(sorted))
def test_frames_are_read_however_the_stream_is_cut(cuts: list[int]) -> None:
    reader = frames_from_box()
    got: list[FromBox] = []
    for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        got += reader.feed(STREAM[start:end])

    assert got == SENT
    assert reader.dropped == 0


@given(junk=st.lists(JUNK, min_size=1, max_size=10))
def test_junk_lines_are_dropped_counted_and_disturb_nothing(junk: list[bytes]) -> None:
    reader = frames_from_box()

    got = reader.feed(b"\n".join([*junk, b""]) + STREAM)

    assert got == SENT
    assert reader.dropped == len(junk)


def test_an_endless_line_is_dropped_once_and_costs_no_memory() -> None:
    reader = frames_from_box()
    for _ in range(1_000):
        assert reader.feed(b"x" * 700) == []

    assert reader.feed(b"tail\n" + STREAM) == SENT
    assert reader.dropped == 1


def test_deep_nesting_wrong_types_and_foreign_kinds_are_dropped() -> None:
    reader = frames_from_box()
    lines = [
        b"[" * 1_000,
        b'{"type":"pong","number":' + b"[" * 900,
        b'{"type":"edge","counter":-1,"before":0,"input":"panic","level":true,"at_ms":1}',
        b'{"type":"show","number":1}',
        b'{"type":"pong","number":1e400,"at_ms":1}',
        b"\xff\xfe{}",
        b"",
    ]

    assert reader.feed(b"\n".join([*lines, b""])) == []
    assert reader.dropped == len(lines)


def test_the_longest_command_fits_into_a_frame() -> None:
    command = Command(Lamp.GREEN, 5_000, True, 180_000, "ꦏ" * 160, TITIR, ("ꦏ" * 40,) * 2)
    frame = encode(HostShow(2**52, command))

    assert len(frame) <= FRAME_LIMIT_BYTES
    assert len(frames_from_host().feed(frame)) == 1
