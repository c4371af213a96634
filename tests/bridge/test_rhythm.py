"""The beat of the kentongan as strokes in time."""

from __future__ import annotations

from itertools import pairwise

import pytest

from firmware_bridge.rhythm import TITIR, Timing, rhythm
from kiosk.core.errors import BadInput


def test_titir_is_rapid_and_unbroken() -> None:
    starts = [at_ms for at_ms in range(0, 6_000, 10) if TITIR.strikes_at(at_ms) and not TITIR.strikes_at(at_ms - 10)]
    gaps = {after - before for before, after in pairwise(starts)}

    assert len(starts) >= 30
    assert gaps == {180}


def test_a_pattern_becomes_strokes_and_rests() -> None:
    theft = rhythm("maling", "00=", Timing(stroke_ms=100, recoil_ms=50, long_rest_ms=700))

    assert theft.strokes == ((0, 100), (150, 100))
    assert theft.period_ms == 1_000


def test_short_and_long_rests_differ() -> None:
    assert rhythm("a", "0.").period_ms < rhythm("b", "0=").period_ms


@pytest.mark.parametrize("pattern", ["", "==", "0-0", "0 0"])
def test_a_pattern_without_strokes_or_with_foreign_signs_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput):
        rhythm("x", pattern)
