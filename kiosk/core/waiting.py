"""How long a newcomer will wait, as a range: an estimate that admits what it does not know.

Work ahead divided by the counters that serve it, with the spread of recent visits; before enough of them were seen,
the catalogue's typical minutes with a wide margin. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

import msgspec

ENOUGH_VISITS = 5


class Wait(msgspec.Struct, frozen=True):
    """Minutes from now until called, from `min_min` to `max_min`, for someone with `ahead` people before them."""

    ahead: int
    min_min: int
    max_min: int


def estimate(ahead: int, typical_min: float, recent_min: Sequence[float], counters_open: int) -> Wait:
    """Estimates the wait. `recent_min` are the last visits' service minutes, newest last; none may be negative."""
    lanes = max(1, counters_open)
    if len(recent_min) >= ENOUGH_VISITS:
        mean = sum(recent_min) / len(recent_min)
        variance = sum((minutes - mean) ** 2 for minutes in recent_min) / len(recent_min)
        spread = sqrt(variance * max(1, ahead)) / lanes  # visits are independent: their spread grows with the root
    else:
        mean = typical_min
        spread = 0.4 * typical_min * max(1, ahead) / lanes
    middle = ahead * mean / lanes
    return Wait(ahead, max(0, int(middle - spread)), ceil(middle + spread))


def in_fives(wait: Wait) -> tuple[int, int]:
    """From and to in minutes, rounded to what they are worth."""
    return 5 * round(wait.min_min / 5), 5 * round(wait.max_min / 5)


def words(wait: Wait) -> str:
    """The range as a resident reads it."""
    if wait.ahead == 0:
        return "Anda berikutnya"
    low, high = in_fives(wait)
    if high <= 5:
        return "kurang dari 5 menit"
    return f"sekitar {low}–{high} menit" if 0 < low < high else f"sampai {high} menit"
