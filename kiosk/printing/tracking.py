"""The strip of a slip that leads back to it: QR at the left, the same code to type at the right.

The link goes into the QR and the code is what the kiosk's own *Lacak* screen takes, so that no phone is needed.
"""

from __future__ import annotations

from itertools import pairwise

from PIL import Image

from kiosk.printing.blocks import Tracking
from kiosk.printing.lettering import BOLD, MEDIUM, crisp, sheet, trimmed_right, written
from kiosk.printing.symbol import Symbol

_QUIET_DOTS = 16  # the rest of the QR's quiet zone at the left is the margin that no print head reaches
_APART_DOTS = 28  # and at the right the gap to the text: four modules of 6 or 7 dots
_LEAST_CODE_SIZE = 22


def widest_qr(width: int) -> int:
    """Dots that a QR may take of the paper, so that a code fits beside it."""
    return 208 if width == 576 else 152


def tracking_band(symbol: Symbol, said: Tracking, width: int) -> list[Image.Image]:
    """QR at the left, heading, code and hint at the right; empty when something does not fit.

    In three parts, each as wide as its ink, because most of the white beside the QR need not be sent.
    """
    square = symbol.image(symbol.module_dots(widest_qr(width)))
    left = _QUIET_DOTS + square.width + _APART_DOTS
    lines = _column(said, width - left, 27 if width == 576 else 23)
    height = sum(line.height for line in lines)
    top = (square.height - height) // 2
    if not lines or top < 0:
        return []
    image, _ = sheet(width, square.height)
    image.paste(square.convert("L"), (_QUIET_DOTS, 0))
    below = top
    for line in lines:
        image.paste(line.convert("L"), (left, below))
        below += line.height
    edges = (0, top, below, square.height)
    parts = [crisp(image.crop((0, above, width, below))) for above, below in pairwise(edges) if below > above]
    return [trimmed_right(part) for part in parts]


def lone_qr(symbol: Symbol, width: int) -> Image.Image:
    """The QR alone, in the middle of the paper."""
    square = symbol.image(symbol.module_dots(widest_qr(width)))
    image, _ = sheet((width + square.width) // 2, square.height)
    image.paste(square.convert("L"), ((width - square.width) // 2, 0))
    return crisp(image)


def _column(said: Tracking, width: int, small: int) -> tuple[Image.Image, ...]:
    """What stands beside the QR, an image a line; nothing when one of them does not fit."""
    codes = tuple(range(46, _LEAST_CODE_SIZE - 1, -2))
    hint = (small,) if said.code else (small + 6, small + 4, small + 2, small)
    wanted = ((said.heading, (small,), MEDIUM, 1), (said.code, codes, BOLD, 1), (said.hint, hint, MEDIUM, 4))
    lines: tuple[Image.Image, ...] = ()
    for text, sizes, weight, most_lines in wanted:
        if text:
            drawn = written(text, width, sizes, weight, most_lines, 0)
            if drawn is None:
                return ()
            lines += drawn
    return lines
