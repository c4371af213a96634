"""Text as a speech engine should get it: numbers, abbreviations and signs the way people say them.

espeak-ng reads 112 as "seratus dua belas", A-017 as "a minus tujuh belas" and "Rp" letter by letter; somebody who
listens for an emergency number must hear its digits. Only Indonesian and English, for which there is a voice.
"""

from __future__ import annotations

import re

VOICES = {"id": "id", "en": "en"}
_DIGITS = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_WRITTEN = {
    "id": {
        "Jl.": "Jalan",
        "No.": "nomor",
        "RT/RW": "R T, R W",
        "KTP-el": "K T P elektronik",
        "&": "dan",
        "%": "persen",
        "–": " sampai ",
        "/": " atau ",
    },
    "en": {"Jl.": "Jalan", "No.": "number", "&": "and", "%": "percent", "–": " to ", "/": " or "},
}
_CURRENCY = {"id": "rupiah", "en": "rupiah"}
_TICKET = re.compile(r"\b([A-Z])-([0-9]{3,4})\b")
_SHORT_NUMBER = re.compile(r"(?<![0-9.,])(11[0-9]|129|1[0-9]{3})(?![0-9.,])")  # 110, 112, 113, 119, 1708
_MONEY = re.compile(r"\bRp([0-9][0-9.]*)")


def spoken(text: str, language: str) -> str:
    """The text for the engine. Raises KeyError for a language without a voice."""
    digits, written = _DIGITS[language], _WRITTEN[language]

    def one_by_one(number: str) -> str:
        return " ".join(digits[int(digit)] for digit in number)

    text = _TICKET.sub(lambda found: f"{found[1]}, {one_by_one(found[2])}", text)
    text = _MONEY.sub(lambda found: f"{found[1].replace('.', '')} {_CURRENCY[language]}", text)
    text = _SHORT_NUMBER.sub(lambda found: one_by_one(found[1]), text)
    for sign, word in written.items():
        text = text.replace(sign, word)
    return re.sub(r"[^\w\s.,;:?!'()-]", " ", text)
