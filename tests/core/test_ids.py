"""Identifiers: order and form of UUIDv7, device names, shards, and tracking codes as people type them."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadInput
from kiosk.core.ids import (
    SHARDS,
    TRACK_ALPHABET,
    TRACK_LENGTH,
    device_id,
    new_epoch,
    new_track_code,
    shard_of,
    track_code_from,
    track_hash,
    uuid7,
)

millis = st.integers(min_value=0, max_value=2**48 - 1)


@given(millis)
def test_a_uuid7_has_its_version_its_variant_and_its_time(unix_ms: int) -> None:
    made = uuid.UUID(uuid7(unix_ms))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == unix_ms


@given(millis, millis)
def test_uuid7s_sort_by_the_time_of_making(first_ms: int, second_ms: int) -> None:
    if first_ms != second_ms:
        assert (uuid7(first_ms) < uuid7(second_ms)) == (first_ms < second_ms)


@given(st.lists(st.integers(min_value=0, max_value=2**40), min_size=2, max_size=20))
def test_ids_of_one_table_ascend_even_when_the_clock_stands_still_or_goes_back(clock_ms: list[int]) -> None:
    made = [""]
    for now_ms in clock_ms:
        made.append(uuid7(now_ms, after=made[-1]))
        assert uuid.UUID(made[-1]).version == 7
    assert made == sorted(set(made))


def test_ids_of_the_same_millisecond_differ() -> None:
    assert len({uuid7(1) for _ in range(1000)}) == 1000


def test_an_epoch_is_sixteen_hex_digits_and_new_each_time() -> None:
    epochs = {new_epoch() for _ in range(100)}
    assert len(epochs) == 100
    assert all(len(epoch) == 16 and int(epoch, 16) >= 0 for epoch in epochs)


def test_a_device_name_is_its_site_and_its_kiosk() -> None:
    assert device_id("31.74.05.1001", "k1") == "31.74.05.1001-k1"


@pytest.mark.parametrize(
    ("site", "kiosk"),
    [
        *[("31.74.05", "k1"), ("31.74.05.1001", ""), ("31.74.05.1001", "1k"), ("31.74.05.1001", "K1")],
        *[("31.74.05.1001", "k1\n"), ("31.74.05.1001", "k23456789"), ("31.74.05.1001", "k/1"), ("#", "+")],
        ("٣١.٧٤.٠٥.١٠٠١", "k1"),  # digits, but not ours: they would make another topic and another shard
    ],
)
def test_a_malformed_device_name_is_refused_in_words(site: str, kiosk: str) -> None:
    with pytest.raises(BadInput, match="bukan nama perangkat"):
        device_id(site, kiosk)


@given(st.text())
def test_every_device_has_a_shard(device: str) -> None:
    assert 0 <= shard_of(device) < SHARDS


def test_shards_are_what_the_protocol_says() -> None:
    # CRC-32/ISO-HDLC of "123456789" is CBF43926, the check value of every catalogue of CRCs.
    assert shard_of("123456789") == 0xCBF43926 % 64


@given(st.binary(min_size=16, max_size=16), st.text())
def test_a_tracking_code_has_nine_letters_that_nobody_misreads(salt: bytes, secret: str) -> None:
    code = track_code_from(salt, secret)
    assert code == track_code_from(salt, secret)
    assert [len(part) for part in code.split("-")] == [3, 3, 3]
    assert set(code) <= set(TRACK_ALPHABET + "-")
    assert not set(TRACK_ALPHABET) & set("01OILU")


def test_tracking_codes_differ() -> None:
    assert len({new_track_code() for _ in range(2000)}) == 2000


@pytest.mark.parametrize("typed", ["K7F-234-QX3", "k7f-234-qx3", "k7f 234 qx3", " K7F234QX3\n", "k7f\t234--qx3"])
def test_case_spaces_and_dashes_of_a_code_do_not_matter(typed: str) -> None:
    assert track_hash(typed) == track_hash("K7F234QX3")


@given(st.text(alphabet=TRACK_ALPHABET, min_size=TRACK_LENGTH, max_size=TRACK_LENGTH))
def test_a_hash_is_sixty_four_hex_digits_and_does_not_hold_the_code(code: str) -> None:
    hashed = track_hash(code)
    assert len(bytes.fromhex(hashed)) == 32
    assert code not in hashed.upper()


@pytest.mark.parametrize(
    "typed",
    [
        *["", "K7F-234-QX", "K7F-234-QX33", "K7F-234-QX0", "K7F-234-QXO", "K7F-234-QXU", "K7F/234/QX3", "K7F-234-QXÉ"],
        "ß7F-234-QX",  # its capital is two letters: it must not pass for nine
        "K7F-234-QX3" + " " * 60 + "and more",  # what comes late is not cut off unseen
    ],
)
def test_what_cannot_be_a_code_is_refused_before_any_lookup(typed: str) -> None:
    with pytest.raises(BadInput, match="9 huruf"):
        track_hash(typed)
