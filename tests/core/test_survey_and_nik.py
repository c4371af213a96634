"""The survey's index as the regulation counts it, and the NIK as people read it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import nik
from kiosk.core.errors import BadInput
from kiosk.core.survey import ELEMENTS, complete, index

ANSWERS = st.fixed_dictionaries({element: st.integers(1, 4) for element in ELEMENTS})


def all_of(value: int, **other: int) -> dict[str, int]:
    return {**dict.fromkeys(ELEMENTS, value), **other}


@pytest.mark.parametrize(("value", "expected", "grade"), [(4, "100.00", "A"), (3, "75.00", "C"), (1, "25.00", "D")])
def test_unanimous_answers_give_a_quarter_a_point(value: int, expected: str, grade: str) -> None:
    found = index([all_of(value)] * 7)
    assert found is not None
    assert (found.value, found.grade, found.answers) == (Decimal(expected), grade, 7)


def test_the_index_is_rounded_before_it_is_graded() -> None:
    # 2 of 36 answers 3 and the rest 4: exactly 34 * 25 / 9 = 97.2222…
    found = index([all_of(4), all_of(4, biaya=3), all_of(4, waktu=3), all_of(4)])
    assert found is not None
    assert found.value == Decimal("98.61")
    assert found.means["biaya"] == 3.75


def test_a_value_that_rounds_up_to_a_bound_reaches_it() -> None:
    # 766.05…/10: 76.605 rounds to 76.61 and is B; an index cut off instead would be C
    answers = [all_of(3)] * 1_000
    points = round(76.605 / 25 * 9 * 1_000) - 27_000  # how many of the 9,000 answers are 4 instead of 3
    for at in range(points):
        person, element = divmod(at, 9)
        answers[person] = {**answers[person], ELEMENTS[element]: 4}
    found = index(answers)
    assert found is not None
    assert (found.value, found.grade) == (Decimal("76.61"), "B")


@given(st.lists(ANSWERS, min_size=1, max_size=30))
def test_the_index_stays_between_25_and_100_and_follows_its_means(people: list[dict[str, int]]) -> None:
    found = index(people)
    assert found is not None
    assert Decimal(25) <= found.value <= Decimal(100)
    assert abs(float(found.value) - sum(found.means.values()) / 9 * 25) <= 0.0051


def test_nobody_has_no_index() -> None:
    assert index([]) is None


@pytest.mark.parametrize("wrong", [{}, all_of(5), all_of(0), {**all_of(3), "lain": 3}])
def test_half_a_survey_is_none(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        complete(wrong)


def test_a_nik_is_grouped_in_fours_and_masked_but_for_six_and_two() -> None:
    assert nik.grouped("3174051708580001") == "3174 0517 0858 0001"
    assert nik.masked("3174051708580001") == "3174 05•• •••• ••01"
    assert nik.masked("3174") == "••••"


@pytest.mark.parametrize(
    ("number", "odd"),
    [
        ("3174051708580001", False),
        ("3174055708580001", False),  # a woman's day has 40 added
        ("3174052902040001", False),  # 29 February 2004
        ("3174053102580001", True),  # no 31 February
        ("3174057208580001", True),  # day 32
        ("3174051713580001", True),  # month 13
        ("3174051708580000", True),
        ("0074051708580001", True),
    ],
)
def test_an_odd_nik_is_noticed(number: str, odd: bool) -> None:
    assert nik.looks_odd(number) is odd
