"""The five language files: one reference, the same keys and figures, and no word that the screen must not say."""

from __future__ import annotations

import re

import pytest

from kiosk.voice.reading_aloud import spoken
from kiosk.web.resident.speech import CODES, languages, speaker

FORBIDDEN = re.compile(r"\b(silakan|maaf|ups|invalid|sorry|please)\b|\*", re.IGNORECASE)
FIGURE = re.compile(r"\{[a-z_]+\}")


def test_english_says_everything_that_indonesian_says() -> None:
    assert set(languages()["en"].words) == set(languages()["id"].words)


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_no_key_of_its_own_and_names_the_same_figures(code: str) -> None:
    reference = languages()["id"].words
    for key, words in languages()[code].words.items():
        assert key in reference
        assert sorted(FIGURE.findall(words)) == sorted(FIGURE.findall(reference[key])), key


@pytest.mark.parametrize("code", CODES)
def test_no_language_apologises_or_scolds(code: str) -> None:
    for key, words in languages()[code].words.items():
        assert not FORBIDDEN.search(words), key


def test_only_the_languages_that_somebody_has_read_are_marked_as_read() -> None:
    assert {code for code, one in languages().items() if one.reviewed} == {"id", "en"}


def test_what_a_language_lacks_is_shown_in_indonesian() -> None:
    missing = next(key for key in languages()["id"].words if key not in languages()["jv"].words)
    assert languages()["jv"].words.get(missing) is None
    figures = {name.strip("{}"): 1 for name in FIGURE.findall(languages()["id"].words[missing])}
    assert speaker("jv")(missing, **figures) == speaker("id")(missing, **figures)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Telepon 112", "Telepon satu satu dua"),
        ("Nomor A-017", "Nomor A, nol satu tujuh"),
        ("Rp120.000", "120000 rupiah"),
        ("Jl. Damai 7", "Jalan Damai 7"),
    ],
)
def test_numbers_are_read_as_people_say_them(text: str, said: str) -> None:
    assert spoken(text, "id") == said
