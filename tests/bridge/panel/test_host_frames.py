"""The host's end of the panel board's wire: whatever comes, only whole frames count and nothing else disturbs them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.frames import BoxCondition, BoxEdge, BoxHello, FromBox, FromHost, HostAck, HostShow
from firmware_bridge.panel import codec, frames
from firmware_bridge.panel.codec import PanelCodec, PanelReader
from firmware_bridge.panel.frames import BadFrame, Frame, FrameCutter
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import Rhythm
from kiosk.core.alarm_words import Lamp
from tests.bridge.panel.vectors import VECTORS, named

FROM_BOARD = [bytes.fromhex(vector["wire"]) for vector in VECTORS["from_board"]]
STREAM = b"".join(FROM_BOARD)
FRAMES = [msgspec.convert(vector["frame"], FromBox) for vector in VECTORS["from_board"]]
# Later events of the stream name inputs of the newest greeting, and the newer board's has but one.
ORDER = [0, 1, *range(3, len(FRAMES))]
STREAM = b"".join(FROM_BOARD[place] for place in ORDER)
EXPECTED = [FRAMES[place] for place in ORDER]
JUNK = st.binary(min_size=1, max_size=300).map(lambda junk: junk.replace(b"\0", b"\x03"))


def greeted() -> PanelReader:
    reader = PanelReader()
    reader.feed(FROM_BOARD[0])
    return reader


@pytest.mark.parametrize("vector", **named("from_board"))
def test_every_frame_of_a_board_is_read_as_the_vectors_say(vector: dict[str, Any]) -> None:
    reader = greeted()

    assert reader.feed(bytes.fromhex(vector["wire"])) == [msgspec.convert(vector["frame"], FromBox)]
    assert reader.dropped == 0


def test_every_frame_of_the_host_is_written_as_the_vectors_say() -> None:
    written = PanelCodec()

    for vector in VECTORS["from_host"]:
        assert written.encode(msgspec.convert(vector["frame"], FromHost)).hex() == vector["wire"], vector["name"]


@pytest.mark.parametrize("vector", **named("bad"))
def test_a_bad_frame_is_dropped_and_counted_and_the_next_is_read(vector: dict[str, Any]) -> None:
    reader = greeted()

    assert reader.feed(bytes.fromhex(vector["wire"]) + FROM_BOARD[3]) == [FRAMES[3]]
    assert reader.dropped == 1


@pytest.mark.parametrize("vector", **named("crc"))
def test_the_crc_is_that_of_the_catalogue(vector: dict[str, Any]) -> None:
    assert frames.crc(bytes.fromhex(vector["data"])) == vector["crc"]


@pytest.mark.parametrize("vector", **named("cobs"))
def test_byte_stuffing_is_that_of_its_authors(vector: dict[str, Any]) -> None:
    plain, packed = bytes.fromhex(vector["plain"]), bytes.fromhex(vector["packed"])

    assert frames.cobs_packed(plain) == packed
    assert frames.cobs_unpacked(packed) == plain


@given(body=st.binary(max_size=frames.BODY_LIMIT_BYTES), kind=st.integers(0, 255), sequence=st.integers(0, 0xFFFF))
def test_what_is_packed_has_no_zero_inside_and_comes_back(body: bytes, kind: int, sequence: int) -> None:
    frame = Frame(1, kind, sequence, body)
    wire = frames.to_bytes(frame)

    assert 0 not in wire[1:-1]
    assert FrameCutter().feed(wire) == [frame]


def test_a_body_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadFrame):
        frames.to_bytes(Frame(1, 1, 0, bytes(201)))


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=40).map(sorted))
def test_frames_are_read_however_the_stream_is_cut(cuts: list[int]) -> None:
    reader = PanelReader()
    got: list[FromBox] = []
    for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        got += reader.feed(STREAM[start:end])

    assert got == EXPECTED
    assert reader.dropped == 0


def test_frames_are_read_byte_by_byte() -> None:
    reader = PanelReader()

    assert [frame for byte in STREAM for frame in reader.feed(bytes([byte]))] == EXPECTED


@given(junk=st.lists(JUNK, min_size=len(ORDER), max_size=len(ORDER)))
def test_junk_between_frames_disturbs_none_of_them(junk: list[bytes]) -> None:
    reader = PanelReader()
    spoilt = b"".join(noise + FROM_BOARD[place] for noise, place in zip(junk, ORDER, strict=True))

    assert reader.feed(spoilt) == EXPECTED
    assert reader.dropped == len(junk)


@given(place=st.integers(1, len(FROM_BOARD[3]) - 2), bit=st.integers(0, 7))
def test_no_single_bit_may_differ(place: int, bit: int) -> None:
    spoilt = bytearray(FROM_BOARD[3])
    spoilt[place] ^= 1 << bit

    assert greeted().feed(bytes(spoilt)) == []


@given(data=st.binary(max_size=2_000))
def test_noise_is_never_an_error(data: bytes) -> None:
    reader = greeted()
    reader.feed(data)

    assert reader.feed(b"\0" + FROM_BOARD[3])[-1:] == [FRAMES[3]]


def test_an_endless_frame_is_dropped_once_and_costs_no_memory() -> None:
    reader = greeted()
    for _ in range(1_000):
        assert reader.feed(b"\x03" * 700) == []

    assert reader.feed(b"\0" + FROM_BOARD[3]) == [FRAMES[3]]
    assert reader.dropped == 1


@pytest.mark.parametrize("length", range(24))
def test_a_body_that_is_too_short_for_its_type_is_dropped_and_counted(length: int) -> None:
    reader = greeted()
    for kind in (codec.HELLO, codec.EVENT, codec.PONG, 0x55):
        assert reader.feed(frames.to_bytes(Frame(1, kind, 9, bytes(length)))) == []

    assert reader.dropped == 4


def test_an_event_of_an_input_that_the_board_never_named_is_dropped_and_counted() -> None:
    reader = greeted()
    body = bytes.fromhex("9c1e77d200000001000000000000000000000005" + "01" + "05" + "0000")

    assert reader.feed(frames.to_bytes(Frame(1, codec.EVENT, 9, body))) == []
    assert reader.dropped == 1


def test_events_before_a_greeting_are_passed_over_without_being_called_bad() -> None:
    reader = PanelReader()

    assert reader.feed(FROM_BOARD[3]) == []
    assert reader.dropped == 0


def test_frames_that_never_came_are_counted_and_late_ones_are_not() -> None:
    cutter = FrameCutter()
    sent = [frames.to_bytes(Frame(1, codec.PONG, sequence & 0xFFFF, b"")) for sequence in range(65_530, 65_545)]
    cutter.feed(sent[0] + sent[1] + sent[4] + sent[10])
    assert cutter.missed == 2 + 5

    cutter.feed(sent[9] + sent[10] + sent[11])
    assert cutter.missed == 7


def test_a_newer_board_is_read_as_far_as_it_is_frozen_and_called_by_its_version() -> None:
    hello, unknown = FRAMES[2], FRAMES[14]

    assert isinstance(hello, BoxHello)
    assert hello.protocol == 2
    assert hello.levels == {"panic": True}
    assert isinstance(unknown, BoxCondition)
    assert unknown.part == "board/other"


@pytest.mark.parametrize("version", [0, 2, 200])
def test_a_press_counts_in_whatever_version_it_is_written(version: int) -> None:
    cut = FrameCutter().feed(FROM_BOARD[3])[0]
    newer = Frame(version, cut.kind, cut.sequence, cut.body + b"what comes later")

    (frame,) = greeted().feed(frames.to_bytes(newer))

    assert isinstance(frame, BoxEdge)
    assert frame == FRAMES[3]


def test_what_no_field_can_hold_is_cut_to_what_it_can() -> None:
    rhythm = Rhythm("lama", tuple((at * 1_000, 500) for at in range(300)), 300_000)
    wire = PanelCodec().encode(
        HostShow(1, Command(Lamp.OFF, -5, True, 10**12, "kata " * 500, rhythm, ("x" * 900,) * 9))
    )

    (frame,) = FrameCutter().feed(wire)

    assert len(frame.body) <= frames.BODY_LIMIT_BYTES


def test_the_longest_acknowledgement_of_the_session_fits() -> None:
    wire = PanelCodec().encode(HostAck("ffffffff", list(range(2**32 - 48, 2**32))))

    assert len(FrameCutter().feed(wire)) == 1
