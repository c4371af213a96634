"""Frames are cut from a stream whatever stands between them, and what is damaged is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.dc09.envelope import BODY_LIMIT_BYTES, FrameReader, crc16, printable, unwrap, wrap
from kiosk.core.errors import BadInput

SENT = b'\n58120029"ADM-CID"0001R0L0#1234[#1234|1120 01 001]\r'
ACKNOWLEDGED = b'\nDBE70014"ACK"0001R0L0#1234[]\r'


def test_the_checksum_is_crc_16_arc() -> None:
    assert crc16(b"123456789") == 0xBB3D


def test_a_body_over_the_limit_is_not_written() -> None:
    with pytest.raises(BadInput, match="batas"):
        wrap(b"x" * (BODY_LIMIT_BYTES + 1))


@pytest.mark.parametrize("chunk", [1, 3, 1_000])
def test_frames_are_cut_from_a_stream_however_it_is_chopped(chunk: int) -> None:
    stream = b"junk" + SENT + b"\n\r" + ACKNOWLEDGED + b"more\rjunk"
    reader = FrameReader()

    frames = [frame for start in range(0, len(stream), chunk) for frame in reader.feed(stream[start : start + chunk])]

    assert frames == [SENT, b"\n\r", ACKNOWLEDGED]
    assert reader.dropped_bytes == len(b"junk" + b"more\r" + b"junk")


def test_a_frame_that_is_begun_anew_forgets_its_first_half() -> None:
    reader = FrameReader()

    assert reader.feed(SENT[:20]) == []
    assert reader.feed(ACKNOWLEDGED) == [ACKNOWLEDGED]
    assert reader.dropped_bytes == 20


def test_a_frame_without_end_is_dropped_and_the_next_one_read() -> None:
    reader = FrameReader()
    for _ in range(100):
        assert reader.feed(b"\n" + b"A" * 1_100) == []

    assert reader.feed(ACKNOWLEDGED) == [ACKNOWLEDGED]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_stream_is_cut_alike_wherever_it_is_broken(stream: bytes, at: int) -> None:
    whole, halves = FrameReader(), FrameReader()

    assert whole.feed(stream) == halves.feed(stream[:at]) + halves.feed(stream[at:])


def test_evidence_is_text_without_the_frame_around_it_and_short() -> None:
    assert printable(ACKNOWLEDGED) == 'DBE70014"ACK"0001R0L0#1234[]'
    assert printable(b"\n\xff\x00a\r") == "\\xff\\x00a"
    assert len(printable(b"\xff" * 1_000)) == 500


def test_a_body_is_read_back() -> None:
    assert unwrap(wrap(b"body")) == "body"
