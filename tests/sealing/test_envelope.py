"""What a resident wrote: its two readers open it, nobody else does, and nothing about it can be changed or guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from kiosk.core.errors import BadInput, Conflict, NotAllowed, StoreError
from kiosk.sealing.envelope import (
    BadEnvelope,
    NotForThisKey,
    central_opener,
    central_recipient,
    seal,
    unseal,
)
from kiosk.sealing.office_key import UNLOCKED_FOR_S, Cost, Locked, OfficeKey, make_office_key, office_recipient

CENTRAL = SigningKey(bytes(range(32)))
OFFICE = PrivateKey(bytes(range(1, 33)))
TO = (central_recipient(bytes(CENTRAL.verify_key).hex()), OFFICE.public_key)
CHEAP = Cost(ops=1, memory_bytes=8_192)
PHRASE = "kentongan padi sawah pagi"


@given(st.binary(max_size=2_000), st.text(max_size=40))
def test_central_and_office_each_open_what_was_sealed(content: bytes, case: str) -> None:
    envelope = seal(content, case, TO)
    assert unseal(envelope, case, central_opener(CENTRAL)) == content
    assert unseal(envelope, case, OFFICE) == content


@given(st.binary(min_size=8, max_size=500))
def test_an_envelope_shows_nothing_of_its_content_and_is_never_the_same_twice(content: bytes) -> None:
    first, second = seal(content, "case", TO), seal(content, "case", TO)
    assert content not in first
    assert first != second


def test_a_longer_answer_within_a_block_does_not_show_in_the_length() -> None:
    assert len(seal(b"Ya", "case", TO)) == len(seal(b"Tidak sama sekali", "case", TO))


def test_a_stranger_opens_nothing() -> None:
    with pytest.raises(NotForThisKey):
        unseal(seal(b"x", "case", TO), "case", PrivateKey.generate())


def test_an_envelope_laid_into_another_case_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        unseal(seal(b"x", "case-1", TO), "case-2", OFFICE)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(place: int, change: int) -> None:
    envelope = bytearray(seal(b"3174051708580001", "case", (OFFICE.public_key,)))
    envelope[place % len(envelope)] ^= change
    with pytest.raises((BadEnvelope, NotForThisKey)):
        unseal(bytes(envelope), "case", OFFICE)


@given(st.binary(max_size=300))
def test_noise_is_no_envelope(noise: bytes) -> None:
    with pytest.raises((BadEnvelope, NotForThisKey)):
        unseal(noise, "case", OFFICE)
    with pytest.raises((BadEnvelope, NotForThisKey)):
        unseal(b"KS1" + noise, "case", OFFICE)


def test_without_a_reader_nothing_is_taken() -> None:
    with pytest.raises(BadInput):
        seal(b"x", "case", ())


def test_a_key_that_is_none_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match="central migrate"):
        central_recipient("0" * 64)


def test_the_office_reads_only_while_somebody_has_unlocked_its_key(tmp_path: Path) -> None:
    path, now_s = tmp_path / "office.key", [0.0]
    assert office_recipient(path) is None
    public = make_office_key(path, PHRASE, CHEAP)
    assert office_recipient(path) == public
    envelope = seal(b"rahasia", "case", (public,))
    office = OfficeKey(path, lambda: now_s[0])
    with pytest.raises(Locked):
        office.open(envelope, "case")
    with pytest.raises(NotAllowed, match="tidak cocok"):
        office.unlock("kata sandi yang salah")
    office.unlock(PHRASE)
    assert office.open(envelope, "case") == b"rahasia"
    office.lock()
    assert not office.is_unlocked
    office.unlock(PHRASE)
    now_s[0] = UNLOCKED_FOR_S
    with pytest.raises(Locked):
        office.open(envelope, "case")


def test_the_key_file_holds_neither_phrase_nor_private_key(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    make_office_key(path, PHRASE, CHEAP)
    office = OfficeKey(path, lambda: 0.0)
    office.unlock(PHRASE)
    assert office._key is not None
    text = path.read_text()
    assert bytes(office._key).hex() not in text
    assert PHRASE not in text
    assert path.stat().st_mode & 0o007 == 0


def test_a_key_is_never_overwritten_and_a_short_phrase_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    with pytest.raises(BadInput, match="12 huruf"):
        make_office_key(path, "pendek", CHEAP)
    make_office_key(path, PHRASE, CHEAP)
    with pytest.raises(Conflict):
        make_office_key(path, PHRASE, CHEAP)


def test_a_damaged_key_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    path.write_text("{}")
    with pytest.raises(StoreError, match=r"office\.key"):
        office_recipient(path)
