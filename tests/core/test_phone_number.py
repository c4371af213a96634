"""One number has one form, however people and networks write it, and a log never holds it whole."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadInput
from kiosk.core.phone_number import masked, normalised


@pytest.mark.parametrize(
    "written",
    """
    +628123456789|628123456789|08123456789|8123456789|0812-3456-789|+62 812 3456 789
    +62 (0) 812 3456 789|00628123456789|+6208123456789|0812.3456.789|0812‑3456‑789
    """.strip()
    .replace("\n    ", "|")
    .split("|"),
)
def test_every_way_to_write_a_number_gives_the_same(written: str) -> None:
    assert normalised(written) == "+628123456789"


def test_a_foreign_number_stays_foreign() -> None:
    assert normalised("+60 12-345 6789") == "+60123456789"


@pytest.mark.parametrize(
    "written", ["", "110", "*888#", "TELKOMSEL", "+62", "0812345678x", "+" + "1" * 16, "٠٨١٢٣٤٥٦٧٨٩", "1" * 999]
)
def test_what_is_no_phone_number_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        normalised(written)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused_in_words(text: str) -> None:
    with suppress(BadInput):
        assert normalised(normalised(text)) == normalised(text)


@given(st.from_regex(r"\+[1-9][0-9]{8,14}", fullmatch=True))
def test_a_masked_number_hides_its_middle(number: str) -> None:
    assert number not in masked(number)
    assert len(masked(number)) == 8


def test_a_refusal_does_not_hold_the_whole_number() -> None:
    with pytest.raises(BadInput) as refused:
        normalised("0812345678901234567890")
    assert "0812345678901234567890" not in str(refused.value)
