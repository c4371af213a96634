"""What a box says of itself besides its buttons: its cables, its lid, its supply, its self test.

A condition is a fault or the end of one, never an alarm: a cut cable must be told, and must not wake the street. Parts
are named with a slash, which no button's name has, so the two can never be mixed up. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

NORMAL = "normal"

_WORDS = {
    ("loop", "cut"): "kabel tombol {name} putus",
    ("loop", "short"): "kabel tombol {name} korsleting",
    ("lid", "open"): "kotak tombol terbuka",
    ("supply", "low"): "catu daya kotak tombol terlalu rendah",
    ("supply", "high"): "catu daya kotak tombol terlalu tinggi",
    ("self-test", "failed"): "swauji kotak tombol gagal",
}


class Condition(msgspec.Struct, frozen=True):
    """`part` became `state`; `value` is what was measured (a supply in millivolts), `key` names it for good."""

    part: str
    state: str
    value: int
    mono_ms: int
    key: str


def words(conditions: Mapping[str, str]) -> list[str]:
    """Every part that is not normal, for people. One that a newer box has is told by its own name."""
    return [_word(part, state) for part, state in sorted(conditions.items()) if state != NORMAL]


def _word(part: str, state: str) -> str:
    group, _, name = part.partition("/")
    kind = (group if group == "loop" else name, state)
    return _WORDS[kind].format(name=name) if kind in _WORDS else f"kotak tombol: {part} {state}"
