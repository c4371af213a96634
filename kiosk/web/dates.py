"""Dates as people say them, in the languages of the screen; too little to carry a locale database for."""

from __future__ import annotations

from datetime import datetime

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
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
}


def date_in_words(at: datetime, language: str) -> str:
    """`Senin, 23 November 2026`; in Indonesian where the language has no words here."""
    day = _DAYS.get(language, _DAYS["id"])[at.weekday()]
    month = _MONTHS.get(language, _MONTHS["id"])[at.month - 1]
    return f"{day}, {at.day} {month} {at.year}"
