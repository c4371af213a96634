"""The NIK, a resident's number: how it is grouped, masked and looked at.

Sixteen digits PP RR KK DDMMYY NNNN; a woman's day of birth has 40 added. There is no check digit, and a NIK stays for
life even where the date inside it is wrong. So its structure is a reason to ask again, never a reason to refuse.
"""

from __future__ import annotations

import re
from datetime import date

LENGTH = 16
_WOMEN_ADD = 40


def digits(typed: str) -> str:
    """Only the digits of what was typed or scanned."""
    return "".join(re.findall(r"[0-9]", typed))


def grouped(nik: str) -> str:
    """`3174 0517 0858 0001`: in fours, as people read it aloud."""
    return " ".join(nik[at : at + 4] for at in range(0, len(nik), 4))


def masked(nik: str) -> str:
    """`3174 05•• •••• ••01`: the first six and the last two digits."""
    return grouped(nik[:6] + "•" * max(0, len(nik) - 8) + nik[-2:]) if len(nik) > 8 else "•" * len(nik)


def looks_odd(nik: str) -> bool:
    """Whether sixteen digits cannot be read as region, birth date and serial: worth a second look, no more."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    return int(nik[:2]) < 11 or nik[12:] == "0000" or not _is_a_day(day, month, year)


def _is_a_day(day: int, month: int, year: int) -> bool:
    for century in (1900, 2000):
        try:
            date(century + year, month, day - _WOMEN_ADD if day > _WOMEN_ADD else day)
        except ValueError:
            continue
        return True
    return False
