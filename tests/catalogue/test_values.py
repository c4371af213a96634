"""Values of a catalogue by themselves."""

from __future__ import annotations

import pytest

from kiosk.catalogue.values import Fee, rupiah
from kiosk.catalogue.wording import Words

FIRE = Words(id="Kebakaran", en="Fire", jv="Kobongan")


@pytest.mark.parametrize(("language", "text"), [("id", "Kebakaran"), ("en", "Fire"), ("jv", "Kobongan")])
def test_words_are_given_in_the_language_asked_for(language: str, text: str) -> None:
    assert FIRE.in_(language) == text


@pytest.mark.parametrize("language", ["su", "min", "de", "", "in_", "__class__"])
def test_words_fall_back_to_indonesian(language: str) -> None:
    assert FIRE.in_(language) == "Kebakaran"


def test_rupiah_are_written_as_in_official_indonesian() -> None:
    assert [rupiah(amount) for amount in (0, 500, 30_000, 1_250_000)] == ["Rp0", "Rp500", "Rp30.000", "Rp1.250.000"]


def test_a_fee_reads_as_its_note_and_amount() -> None:
    assert Fee(Words("Baru", "New"), 120_000).in_("en") == "New: Rp120.000"


def test_a_fee_that_is_worked_out_case_by_case_says_only_how() -> None:
    assert Fee(Words("Menurut luas", "By area")).in_("id") == "Menurut luas"
