"""How good the estimated waits were: each promised range against the wait that came. Pure.

A range that always holds because it is wide is worth nothing, so its width is told beside how often it held.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class PromiseKept(msgspec.Struct, frozen=True):
    """Of `count` promises `kept` held. `miss_min` is how far the others were off on average, `width_min` how wide the
    ranges were; None without any."""

    count: int
    kept: int
    miss_min: float | None
    width_min: float | None

    @property
    def share(self) -> float | None:
        return self.kept / self.count if self.count else None


def promise_kept(promises: Sequence[tuple[tuple[int, int], float]]) -> PromiseKept:
    """Of ((least, most), came) in minutes. A promise is in whole minutes, so half a minute beside it still holds."""
    misses = [max(low - came, came - high, 0.0) for (low, high), came in promises]
    missed = [miss for miss in misses if miss > 0.5]
    widths = [high - low for (low, high), _ in promises]
    return PromiseKept(
        count=len(promises),
        kept=len(promises) - len(missed),
        miss_min=sum(missed) / len(missed) if missed else (0.0 if promises else None),
        width_min=sum(widths) / len(widths) if widths else None,
    )
