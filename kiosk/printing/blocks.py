"""What stands on a slip, from top to bottom, as values: what it says before anybody decides how it is drawn.

A slip is complete when its blocks are; `sheet` sets them on a paper of either width.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Style = Literal["title", "heading", "strong", "body", "small", "label"]


class Line(msgspec.Struct, frozen=True):
    """Centred text in one of the sizes, over as many lines as it takes."""

    text: str
    style: Style = "body"


class Huge(msgspec.Struct, frozen=True):
    """One word as large as the paper is wide: the number to be called, the code to be kept."""

    text: str


class Bar(msgspec.Struct, frozen=True):
    """White on black."""

    text: str


class Checklist(msgspec.Struct, frozen=True):
    """A heading, and a box to tick before each item."""

    heading: str
    items: tuple[str, ...]


class Tracking(msgspec.Struct, frozen=True):
    """The QR of a link, and beside it the same as a code to type, with what to do."""

    url: str
    code: str
    heading: str
    hint: str


class Rule(msgspec.Struct, frozen=True):
    """A line across the paper."""

    dotted: bool = False


class Gap(msgspec.Struct, frozen=True):
    """White, in eighths of a millimetre."""

    dots: int


class Letters(msgspec.Struct, frozen=True):
    """Text in the printer's own letters, so that the bytes of a job tell in letters which it is."""

    text: str


Block = Line | Huge | Bar | Checklist | Tracking | Rule | Gap | Letters


def words_of(blocks: tuple[Block, ...]) -> list[str]:
    """Every text on the slip, top to bottom."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Line(text=text) | Huge(text=text) | Bar(text=text) | Letters(text=text):
                found.append(text)
            case Checklist(heading=heading, items=items):
                found += [heading, *items]
            case Tracking(code=code, heading=heading, hint=hint):
                found += [heading, code, hint]
            case Rule() | Gap():
                pass
    return found
