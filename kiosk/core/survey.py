"""The satisfaction survey (SKM) and its index (IKM), as PermenPANRB 14/2017 counts them.

Nine elements, each answered 1 to 4. The regulation prints the weight as 0.111, with which nobody can reach 100; here it
is exactly one ninth. The index is rounded to two decimals first and compared with the bounds after that. Elements are
kept by name, because texts disagree about the order of the last two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from kiosk.core.errors import BadInput

ELEMENTS = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
)
LOWEST, HIGHEST = 1, 4
Grade = Literal["A", "B", "C", "D"]
_BOUNDS: tuple[tuple[Decimal, Grade], ...] = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"))
GRADE_WORDS: dict[Grade, str] = {"A": "Sangat Baik", "B": "Baik", "C": "Kurang Baik", "D": "Tidak Baik"}


class Index(msgspec.Struct, frozen=True):
    """The index of some answers: `value` 25.00 to 100.00, its grade, the mean of each element, how many answered."""

    value: Decimal
    grade: Grade
    means: dict[str, float]
    answers: int


def complete(answers: Mapping[str, int]) -> dict[str, int]:
    """The nine answers. Raises BadInput when one is missing, unknown or out of range."""
    if set(answers) != set(ELEMENTS) or not all(LOWEST <= value <= HIGHEST for value in answers.values()):
        raise BadInput("Survei berisi sembilan jawaban, masing-masing 1 sampai 4.")
    return {element: answers[element] for element in ELEMENTS}


def index(all_answers: Iterable[Mapping[str, int]]) -> Index | None:
    """The index over the answers of many people; None while nobody has answered."""
    sums, count = dict.fromkeys(ELEMENTS, 0), 0
    for answers in all_answers:
        count += 1
        for element in ELEMENTS:
            sums[element] += answers[element]
    if not count:
        return None
    exact = Fraction(sum(sums.values()) * 25, count * len(ELEMENTS))
    value = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    grade: Grade = next((grade for bound, grade in _BOUNDS if value >= bound), "D")
    return Index(value, grade, {element: total / count for element, total in sums.items()}, count)
