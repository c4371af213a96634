"""What is said of a call: `Nomor antrean, A, nol satu tujuh, silakan ke loket tiga`. Pure.

Digits of a ticket are spoken one by one, because a hall hears "nol satu tujuh" better than "tujuh belas"; a counter is
a number. Each token is the name of a recorded clip, and its words are what a synthesiser says in its place.
"""

from __future__ import annotations

from kiosk.core.errors import BadInput

DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
# How Indonesian spells letters; a synthesiser would guess some of them in English.
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "a",
            "be",
            "ce",
            "de",
            "e",
            "ef",
            "ge",
            "ha",
            "i",
            "je",
            "ka",
            "el",
            "em",
            "en",
            "o",
            "pe",
            "ki",
            "er",
            "es",
            "te",
            "u",
            "fe",
            "we",
            "eks",
            "ye",
            "zet",
        ],
        strict=True,
    )
)
_NUMBER, _PLEASE = "nomor-antrean", "silakan-ke-loket"
_WORDS = {_NUMBER: "Nomor antrean", _PLEASE: "silakan ke loket"}


def tokens(number: str, counter: int) -> tuple[str, ...]:
    """The clips of a call in order: `nomor-antrean`, `huruf-a`, `nol`, `satu`, `tujuh`, `silakan-ke-loket`, `tiga`.

    Raises BadInput for a number that is no ticket's or a counter beyond 99.
    """
    series, dash, ordinal = number.partition("-")
    if not dash or series not in LETTERS or not (ordinal.isascii() and ordinal.isdigit()) or not 1 <= counter <= 99:
        raise BadInput(f"{number!r} ke loket {counter} tidak dapat diucapkan")
    spoken = [DIGITS[int(digit)] for digit in ordinal]
    return (_NUMBER, f"huruf-{series.lower()}", *spoken, _PLEASE, *cardinal(counter))


def cardinal(value: int) -> tuple[str, ...]:
    """1…99 in words: `tiga`, `sepuluh`, `sebelas`, (`dua`, `belas`), (`tiga`, `puluh`, `empat`)."""
    if value < 10:
        return (DIGITS[value],)
    if value < 20:
        return ("sepuluh",) if value == 10 else ("sebelas",) if value == 11 else (DIGITS[value - 10], "belas")
    tens, ones = divmod(value, 10)
    return (DIGITS[tens], "puluh", *((DIGITS[ones],) if ones else ()))


def words(spoken: tuple[str, ...]) -> str:
    """The sentence, with commas where a speaker pauses."""
    at_please = spoken.index(_PLEASE)
    letter = LETTERS[spoken[1].removeprefix("huruf-").upper()]
    ordinal, counter = " ".join(spoken[2:at_please]), " ".join(spoken[at_please + 1 :])
    return f"{_WORDS[_NUMBER]}, {letter}, {ordinal}, {_WORDS[_PLEASE]} {counter}"


def all_tokens() -> tuple[str, ...]:
    """Every clip that a complete set has."""
    letters = tuple(f"huruf-{letter.lower()}" for letter in LETTERS)
    return (_NUMBER, _PLEASE, *letters, *DIGITS, "sepuluh", "sebelas", "belas", "puluh")
