"""What fits into one SMS is measured in septets, and every text is brought into the alphabet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem import gsm7


@pytest.mark.parametrize(
    ("text", "septets"),
    [("", 0), ("OK", 2), ("a" * 160, 160), ("[€]", 6), ("Jl. Åsa_1\n", 10), ("^{}\\~|", 12)],
)
def test_characters_of_the_extension_table_count_twice(text: str, septets: int) -> None:
    assert gsm7.septets(text) == septets


def test_a_character_outside_the_alphabet_cannot_be_measured() -> None:
    assert not gsm7.is_sendable("ꦏ")
    with pytest.raises(KeyError):
        gsm7.septets("ꦏ")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Kelurahan Gunung Pangilun", "Kelurahan Gunung Pangilun"),
        ("Désa Wringin-Anom", "Désa Wringin-Anom"),
        ("Çakra ĉefa", "Çakra cefa"),
        ("“Balai” – RW\u00a005…", '"Balai" - RW 05...'),
        ("e\u0301 o\u0308 s\u030c", "é ö s"),
        ("No. ½ ①", "No. 1?2 1"),
        ("ꦏ🔥", "??"),
        ("Œuvre Łódź", "OEuvre Lodz"),
        ("tab\tdan\u200bspasi", "tab danspasi"),
    ],
)
def test_text_becomes_sendable_and_stays_readable(text: str, plain: str) -> None:
    assert gsm7.transliterate(text) == plain


@given(st.text())
def test_any_text_becomes_sendable(text: str) -> None:
    assert gsm7.is_sendable(gsm7.transliterate(text))


@given(st.text(), st.integers(0, 200))
def test_a_text_is_cut_to_septets_and_not_to_characters(text: str, most: int) -> None:
    plain = gsm7.transliterate(text)
    beginning = gsm7.cut(plain, most)

    assert plain.startswith(beginning)
    assert gsm7.septets(beginning) <= most
    assert beginning == plain or gsm7.septets(plain[: len(beginning) + 1]) > most


def test_packing_follows_the_standards_example() -> None:
    assert gsm7.pack("hellohello").hex().upper() == "E8329BFD4697D9EC37"
    assert gsm7.unpack(bytes.fromhex("E8329BFD4697D9EC37"), 10) == "hellohello"


@given(st.text())
def test_what_is_packed_is_read_back(text: str) -> None:
    plain = gsm7.transliterate(text)

    assert gsm7.unpack(gsm7.pack(plain), gsm7.septets(plain)) == plain


def test_an_escape_that_means_nothing_shows_the_plain_character_or_a_blank() -> None:
    packed = 0x1B | ord("A") << 7 | 0x1B << 14 | 0x1B << 21
    assert gsm7.unpack(packed.to_bytes(4, "little"), 4) == "A "
