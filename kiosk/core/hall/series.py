"""A satellite's own series, which it draws when the numbers that it was leased are used up: `A` and mark `X` make `AX`.

A catalogue's letters are single, and each satellite has a mark of its own, so `AX-001` can be nobody else's and can be
told from `A-001` on paper, on the board and by ear. The mark is given with the key and never to two satellites.

Where the hub finds a number taken all the same (it, or a satellite, was restored from an old copy and could not know),
the later one gets the mark twice, `AXX-017`: both people are in the queue, and can be told apart.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable

# From the end, because catalogues begin with A; without O and I, which look like 0 and 1.
MARKS = "XYZWVUTSRQPNMLKJHGFEDC"


def own_series(series: str, mark: str) -> str:
    return series + mark


def is_series_of(series: str, letter: str, mark: str) -> bool:
    """Whether a satellite with this mark may draw `series` for a service with this letter."""
    return series in (letter, own_series(letter, mark))


def free_series(series: str, mark: str, is_taken: Callable[[str], bool]) -> str:
    """`series`, or with the mark twice, or once more …: the first that is not taken."""
    found = series
    while is_taken(found):
        found = (series + mark if found == series else found) + mark
    return found


def next_mark(given: Iterable[str]) -> str | None:
    """A mark that nobody has had; None when all are given."""
    used = set(given)
    return next((mark for mark in MARKS if mark not in used), None)


assert set(MARKS) <= set(string.ascii_uppercase)
