"""A carrier's raw reply as people and programs may read it: without anybody's telephone number. Pure.

The reply itself stays whole in the kiosk's journal and in the event that it signed; it is masked where it is shown. A
number is kept to its first and last digits, by which those who know it recognise it. A modem's frame (a long run of hex
digits) has the number in it with its digits swapped, so only its length and its last octet stay: in a delivery report
that is the status, which is what proves something.
"""

from __future__ import annotations

import re

# Twenty digits and more: longer than any number, shorter than any frame.
_FRAME = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){10,}(?![0-9A-Za-z])")
# Nine digits are the shortest number with its area code, one more than a date has.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\+|0|62)(?:[ .()-]{0,2}[0-9]){8,15}(?![0-9A-Za-z])")
_FIRST, _LAST = 4, 3


def masked(raw: str) -> str:
    """`+6281210005000` becomes `+628…000`, a frame `PDU 24 oktet …00`."""
    return _NUMBER.sub(_number, _FRAME.sub(_frame, raw))


def _number(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9+]", "", found[0])
    return f"{digits[:_FIRST]}…{digits[-_LAST:]}"


def _frame(found: re.Match[str]) -> str:
    return f"PDU {len(found[0]) // 2} oktet …{found[0][-2:]}"
