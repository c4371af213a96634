"""Ticket numbers come from leased blocks of a (business day, series), so that several kiosks can share one series.

A lone kiosk is its own hub: it leases itself the next block when one is used up. A number is drawn once, in the same
transaction as its ticket; nothing is ever given back.
"""

from __future__ import annotations

import msgspec

BLOCK_SIZE = 100


class Block(msgspec.Struct, frozen=True):
    """Numbers `first`…`last` of one series on one day; `next` is the one to draw, `last + 1` when used up."""

    first: int
    last: int
    next: int


def next_block(highest_last: int) -> Block:
    """The block after the highest one leased so far (0 when there is none)."""
    return Block(first=highest_last + 1, last=highest_last + BLOCK_SIZE, next=highest_last + 1)
