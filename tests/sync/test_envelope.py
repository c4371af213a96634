"""The envelope: what was signed for one topic is read there and nowhere else, whole or not at all."""

from __future__ import annotations

import os

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from kiosk.core.errors import BadMessage, BadSignature
from sync.wire import envelope
from sync.wire.envelope import COMPRESS_FROM_BYTES, SENT_LIMIT_BYTES, UNPACKED_LIMIT_BYTES, seal, unseal

KEY = SigningKey(bytes(range(32)))
PUBLIC = bytes(KEY.verify_key)
TOPIC = "kt/1/2f/31.74.05.1001-k1/up/batch"
payloads = st.one_of(st.binary(min_size=1, max_size=2000), st.integers(1, 5000).map(lambda size: b"a" * size))


def signed(payload: bytes, flags: int, topic: str = TOPIC) -> bytes:
    """An envelope of any content with a right signature: what a stolen card could send."""
    head = b"KT" + bytes([1, flags])
    return head + KEY.sign(topic.encode() + b"\0" + head + payload).signature + payload


@given(payloads)
def test_what_was_sealed_is_read_back(payload: bytes) -> None:
    data = seal(KEY, TOPIC, payload)
    assert unseal(PUBLIC, TOPIC, data) == payload
    assert (data[3] == envelope.ZSTD) == (len(payload) >= COMPRESS_FROM_BYTES)


@given(payloads, st.data())
def test_a_changed_byte_anywhere_is_refused(payload: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, TOPIC, payload))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadMessage):
        unseal(PUBLIC, TOPIC, bytes(sealed))


@given(payloads, st.data())
def test_a_message_that_was_cut_short_or_goes_on_is_refused(payload: bytes, data: st.DataObject) -> None:
    sealed = seal(KEY, TOPIC, payload)
    cut = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(BadMessage):
        unseal(PUBLIC, TOPIC, sealed[:cut])
    with pytest.raises(BadMessage):
        unseal(PUBLIC, TOPIC, sealed + b"\0")


@pytest.mark.parametrize(
    "topic", [TOPIC.replace("k1", "k2"), TOPIC.replace("batch", "alarm"), TOPIC.replace("up", "down"), TOPIC + "/", ""]
)
def test_a_message_moved_to_another_topic_is_refused(topic: str) -> None:
    with pytest.raises(BadSignature):
        unseal(PUBLIC, topic, seal(KEY, TOPIC, b"{}"))


def test_another_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        unseal(bytes(SigningKey.generate().verify_key), TOPIC, seal(KEY, TOPIC, b"{}"))


@pytest.mark.parametrize(
    "data", [b"", b"KT", b"KT\1\0" + bytes(64), b"XX\1\0" + bytes(65), b"KT\2\0" + bytes(65), b"KT\1\2" + bytes(65)]
)
def test_what_is_no_envelope_of_this_version_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        unseal(PUBLIC, TOPIC, data)


@pytest.mark.parametrize("size", [UNPACKED_LIMIT_BYTES + 1, 100 * UNPACKED_LIMIT_BYTES])
def test_a_small_message_that_unpacks_to_a_huge_one_is_refused(size: int) -> None:
    bomb = signed(zstandard.ZstdCompressor().compress(bytes(size)), envelope.ZSTD)
    assert len(bomb) < SENT_LIMIT_BYTES
    with pytest.raises(BadMessage, match="dipadatkan"):
        unseal(PUBLIC, TOPIC, bomb)


def test_a_frame_that_hides_its_size_is_refused() -> None:
    hidden = zstandard.ZstdCompressor(write_content_size=False).compress(b"a" * 1000)
    with pytest.raises(BadMessage, match="dipadatkan"):
        unseal(PUBLIC, TOPIC, signed(hidden, envelope.ZSTD))


def test_a_frame_that_lies_about_its_size_is_refused() -> None:
    frame = bytearray(zstandard.ZstdCompressor().compress(b"a" * 200))
    assert zstandard.frame_content_size(bytes(frame)) == 200
    frame[5] = 100
    with pytest.raises(BadMessage, match="dipadatkan"):
        unseal(PUBLIC, TOPIC, signed(bytes(frame), envelope.ZSTD))


def test_bytes_behind_the_frame_are_refused() -> None:
    frame = zstandard.ZstdCompressor().compress(b"{}")
    for behind in (b"x", frame):
        with pytest.raises(BadMessage, match="dipadatkan"):
            unseal(PUBLIC, TOPIC, signed(frame + behind, envelope.ZSTD))


@given(st.binary(min_size=1, max_size=200))
def test_signed_rubbish_in_place_of_a_frame_is_refused(rubbish: bytes) -> None:
    with pytest.raises(BadMessage):
        unseal(PUBLIC, TOPIC, signed(b"\xff" + rubbish, envelope.ZSTD))


def test_nothing_over_a_limit_is_sealed() -> None:
    with pytest.raises(BadMessage, match="melebihi"):
        seal(KEY, TOPIC, os.urandom(SENT_LIMIT_BYTES))
    with pytest.raises(BadMessage, match="melebihi"):
        seal(KEY, TOPIC, bytes(UNPACKED_LIMIT_BYTES + 1))
    largest = bytes(UNPACKED_LIMIT_BYTES)
    assert unseal(PUBLIC, TOPIC, seal(KEY, TOPIC, largest)) == largest


def test_what_arrives_over_the_limit_is_not_even_verified() -> None:
    with pytest.raises(BadMessage, match="sepanjang"):
        unseal(PUBLIC, TOPIC, bytes(SENT_LIMIT_BYTES + 1))
