"""The strip of a ticket that leads back to it: QR at the left, the same code to type at the right.

The link goes into the QR and the code is what the kiosk's own *Lacak* screen takes, so that no phone is needed.
"""

from __future__ import annotations

from itertools import pairwise

from PIL import Image, ImageDraw

from kiosk.printing.lettering import PAPER, crisp, draw_text, lines_that_fit, trimmed_right, width_of
from kiosk.printing.symbol import symbol_of

_HINT = "Pindai, atau ketik di kios"
_QUIET_DOTS = 16  # the rest of the QR's quiet zone at the left is the margin that no print head reaches
_APART_DOTS = 28  # and at the right the gap to the text: four modules of 6 or 7 dots


def tracking_band(url: str, code: str, width: int) -> list[Image.Image]:
    """QR at the left, the code and what to do with it at the right; empty when one of them does not fit.

    In three parts, each as wide as its ink, because most of the white beside the QR need not be sent.
    """
    symbol = symbol_of(url)
    module_dots = symbol.module_dots(200 if width == 576 else 176) if symbol else 0
    if symbol is None or not module_dots:
        return []
    square = symbol.image(module_dots)
    left = _QUIET_DOTS + square.width + _APART_DOTS
    large = next((size for size in range(48, 21, -2) if width_of(code, size, 1) <= width - left), 0)
    small = 25 if width == 576 else 20
    hint = lines_that_fit(_HINT, width - left, small, 0.3)
    if not code or not large or hint is None:
        return []
    height = round(small * 1.9 + large * 1.05 + small * 1.25 * len(hint))
    top = (square.height - height) // 2
    if top < 0:
        return []
    image = Image.new("L", (width, square.height), PAPER)
    image.paste(square.convert("L"), (_QUIET_DOTS, 0))
    pen = ImageDraw.Draw(image)
    draw_text(pen, left, top + small, "Kode lacak", small, 0.3)
    baseline = top + small * 1.45 + large * 0.8
    draw_text(pen, left, baseline, code, large, 1)
    for row, line in enumerate(hint):
        draw_text(pen, left, baseline + small * (1.6 + 1.25 * row), line, small, 0.3)
    edges = (0, top, min(top + height + 8, square.height), square.height)
    parts = [crisp(image.crop((0, above, width, below))) for above, below in pairwise(edges) if below > above]
    return [trimmed_right(part) for part in parts]
