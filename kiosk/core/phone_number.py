"""Phone numbers: one way to write each (+62…), so that a listed number is known however it arrives, and a masked one
for logs.

Indonesian forms are what people write and networks deliver: 0812…, 62812…, +62 812-…, 0062812…, and the common slip
+62 0812…. Everything else must be international. Service numbers (110, *123#) are no numbers here: nobody can be
reached or listed under them by SMS.
"""

from __future__ import annotations

import re

from kiosk.core.errors import BadInput

COUNTRY = "62"
_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015\u00a0]+")
_DIGITS = re.compile(r"\+?[0-9]{8,17}\Z", re.ASCII)
_NORMAL = re.compile(r"\+[1-9][0-9]{7,14}\Z", re.ASCII)  # E.164: at most 15 digits


def normalised(number: str) -> str:
    """`0812-3456-789` and `62 812 3456 789` as `+628123456789`. Raises BadInput for what is no phone number."""
    bare = _BETWEEN.sub("", number) if len(number) <= 40 else ""
    if _DIGITS.match(bare):
        digits = bare.removeprefix("+")
        if bare.startswith("00"):
            digits = bare[2:]
        elif bare.startswith("0"):
            digits = COUNTRY + bare[1:]
        elif not bare.startswith("+") and bare.startswith("8"):
            digits = COUNTRY + bare  # a mobile number as people say it, without the 0
        if digits.startswith(COUNTRY + "0"):
            digits = COUNTRY + digits[3:]
        if _NORMAL.match("+" + digits):
            return "+" + digits
    raise BadInput(f"{masked(number)!r} bukan nomor telepon: tulis seperti +628123456789 atau 08123456789")


def masked(number: str) -> str:
    """What a log may show of a number: `+6281…89`; of anything short, only its length."""
    return f"{number[:5]}…{number[-2:]}" if len(number) >= 10 else f"({len(number)} huruf)"
