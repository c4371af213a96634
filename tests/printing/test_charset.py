"""Text for the printer: nothing dangerous passes, nothing disappears unseen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.charset import ALPHABET, printable


@given(st.text())
def test_whatever_is_given_only_letters_of_the_one_code_page_come_out(text: str) -> None:
    shown = printable(text)
    assert set(shown) <= ALPHABET
    assert len(shown.encode("cp437")) == len(shown)


@given(st.text())
def test_composed_and_decomposed_text_print_alike(text: str) -> None:
    assert printable(unicodedata.normalize("NFD", text)) == printable(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Génjlong di désa", "Génjlong di désa"),
        ("10–20 menit", "10-20 menit"),
        ("Rp0 — laporkan", "Rp0 ─ laporkan"),
        ("“kutipan” ‘tunggal’ …", "\"kutipan\" 'tunggal' ..."),
        ("Ḍaḷem Ŋ", "Dalem ?"),
        ("ꦗꦮ", "??"),
        ("ﬁle ½ № ５", "file 1/2 No 5"),
        ("a\u200bb\u00adc", "abc"),
        ("  dua \t\r\n baris ", "dua baris"),
    ],
)
def test_a_replacement_can_be_seen(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_text_can_carry_a_command() -> None:
    assert printable("\x1b@A\x1dV\x00B\x10\x04\x01\x9b") == "@A V B"
