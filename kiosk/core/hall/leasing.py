"""Which numbers of a (day, series) the hub gives a satellite: enough to go on with, and never one twice.

The satellite says how far the highest block reaches that it knows (`through`) and how many numbers it still has. The
hub first gives again what it gave before and the satellite does not know, because an answer may be lost; then as many
new blocks as are missing. So the same question asked twice brings the same blocks.

A hub that was restored from an old copy has forgotten leases. It learns of them here: a satellite that knows a block
beyond all that the hub knows shows how far numbers were given, and the hub takes all of these as given. One whose block
lies within what the hub has given to somebody else loses it: its drawn tickets stay, the rest is drawn by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

Ordinal = msgspec.Meta(ge=0, le=999_999)


class Range(msgspec.Struct, frozen=True):
    """Numbers `first`…`last` of one series, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


class Grant(msgspec.Struct, frozen=True):
    """`fresh` and `adopted` are to be recorded as the satellite's before `given` is told. `void`: what it holds of
    earlier blocks is not its own any more."""

    given: tuple[Range, ...]
    fresh: tuple[Range, ...] = ()
    adopted: Range | None = None
    void: bool = False


def grant(through: int, free: int, own: Sequence[Range], highest: int, spare: int, size: int) -> Grant:
    """What a satellite gets that knows blocks up to `through` and has `free` numbers left.

    `own` is what it was leased as far as the hub knows, `highest` the highest number leased to anybody; it keeps
    `spare` numbers in hand and gets them in blocks of `size`.
    """
    adopted, void = None, False
    if through > 0 and through not in {one.last for one in own}:
        if through > highest:
            adopted, highest = Range(highest + 1, through), through
        else:
            void, free = True, 0
    missed = tuple(one for one in sorted(own, key=lambda one: one.first) if one.first > through)
    free += sum(one.size for one in missed)
    fresh = list[Range]()
    while free < spare:
        fresh.append(Range(highest + 1, highest + size))
        highest, free = highest + size, free + size
    return Grant((*missed, *fresh), tuple(fresh), adopted, void)
