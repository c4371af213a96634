"""Dates as people say them, in the languages of the screen; too little to carry a locale database for.

CLDR knows neither Minangkabau nor every short form, so all of them stand here; a native reader checks them with the
language files.
"""

from __future__ import annotations

from datetime import date, datetime

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "jv": ("Senin", "Selasa", "Rebo", "Kemis", "Jemuwah", "Setu", "Minggu"),
    "su": ("Senén", "Salasa", "Rebo", "Kemis", "Jumaah", "Saptu", "Minggu"),
    "min": ("Sinayan", "Salasa", "Rabaa", "Kamih", "Jumaaik", "Sabtu", "Akaik"),
}
_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "su": (
        *("Januari", "Pébruari", "Maret", "April", "Méi", "Juni"),
        *("Juli", "Agustus", "Séptémber", "Oktober", "Nopémber", "Désémber"),
    ),
}


def month_in_words(month: int, language: str) -> str:
    """1 is Januari; in Indonesian where the language has no words of its own here."""
    return _MONTHS.get(language, _MONTHS["id"])[month - 1]


def date_in_words(at: date, language: str) -> str:
    """`Senin, 23 November 2026`."""
    weekday = _DAYS.get(language, _DAYS["id"])[at.weekday()]
    return f"{weekday}, {at.day} {month_in_words(at.month, language)} {at.year}"


def day_in_words(iso: str, language: str) -> str:
    """`17 Agustus 1958` from `1958-08-17`."""
    at = date.fromisoformat(iso)
    return f"{at.day} {month_in_words(at.month, language)} {at.year}"


def moment_in_words(at: datetime, language: str) -> str:
    """`Senin 23 November, 14.05`: near enough for the year to go without saying."""
    weekday = _DAYS.get(language, _DAYS["id"])[at.weekday()]
    return f"{weekday} {at.day} {month_in_words(at.month, language)}, {at:%H.%M}"
