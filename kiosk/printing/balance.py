"""Breaking text into lines of even length: no line with a single lost word, in dots or in letters alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def balanced(words: Sequence[str], fits: Callable[[str], bool], length_of: Callable[[str], float]) -> list[str] | None:
    """The fewest lines that all fit, the longest of them as short as it can be; None if a word alone does not fit.

    Greedy filling finds how few lines are possible; then the limit is lowered to the next shorter longest line for as
    long as their number stays the same.
    """
    best = _filled(words, fits)
    if best is None or len(best) < 2:
        return best
    while True:
        shorter = _filled(words, _shorter_than(max(map(length_of, best)), length_of))
        if shorter is None or len(shorter) > len(best):
            return best
        best = shorter


def _shorter_than(limit: float, length_of: Callable[[str], float]) -> Callable[[str], bool]:
    return lambda line: length_of(line) < limit


def _filled(words: Sequence[str], fits: Callable[[str], bool]) -> list[str] | None:
    lines: list[str] = []
    for word in words:
        if not fits(word):
            return None
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
