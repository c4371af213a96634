"""Font A of the paper's picture: every letter drawn into its cell of 12 by 24 dots, as a receipt printer would.

A picture of a ticket needs a monospaced face that is on every machine; there is none, so Pillow's own font (Aileron,
which has no accents: those are drawn here) is fitted into the cells. Only what `charset.ALPHABET` allows, and the other
signs of the code pages as an open box.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from kiosk.printing.charset import ALPHABET, DASH

CELL_WIDTH, CELL_HEIGHT = 12, 24
_FINE = 4  # drawn four times larger, then brought down: strokes of a fraction of a dot stay even
_BASELINE = 19
_ACUTE, _GRAVE, _HAT, _TILDE, _DOTS, _RING = "\u0301", "\u0300", "\u0302", "\u0303", "\u0308", "\u030a"
_MARKS: dict[str, list[tuple[float, float]]] = {
    _ACUTE: [(-0.5, 0), (0.7, -1)],
    _GRAVE: [(0.5, 0), (-0.7, -1)],
    _HAT: [(-1, 0), (0, -1), (1, 0)],
    _TILDE: [(-1, 0), (-0.4, -0.8), (0.4, -0.2), (1, -1)],
}
# Narrow letters get the bars that fill a cell, as in every monospaced face: (height of the top bar in em, a foot).
_SERIFS = {"i": (0.53, True), "l": (0.74, True), "I": (0.72, True), "j": (0.53, False), "1": (0.0, True)}


@lru_cache(maxsize=1024)
def glyph(character: str, bold: bool, width: int, height: int) -> Image.Image:
    """The letter's ink (L, 255 = burnt) in a cell that is `width` × `height` times the plain one."""
    cell_width, cell_height = CELL_WIDTH * width, CELL_HEIGHT * height
    image = Image.new("L", (cell_width * _FINE, cell_height * _FINE), 0)
    pen = ImageDraw.Draw(image)
    if character == DASH:
        middle = round(13 * height * _FINE)
        thick = (2 if bold else 1) * height * _FINE // 2
        pen.rectangle((0, middle - thick, image.width, middle + thick), fill=255)
    elif character not in ALPHABET:
        pen.rectangle((_FINE, 5 * _FINE * height, image.width - 2 * _FINE, _BASELINE * _FINE * height), outline=255)
    elif character != " ":
        _fit_letter(image, character, bold, height)
    return image.resize((cell_width, cell_height), Image.Resampling.BOX)


def _fit_letter(cell: Image.Image, character: str, bold: bool, height: int) -> None:
    size = 21 * _FINE * height
    weight = (2.0 if bold else 0.9) * height
    ink = _letter_ink(cell.height, character, size, weight)
    widest = CELL_WIDTH * _FINE * height - _FINE
    if ink.width > widest:  # m, w, W: pressed together, so drawn with more ink to look as dark as the others
        ink = _letter_ink(cell.height, character, size, weight + 0.8 * height)
    wanted = min(ink.width, widest) * cell.width // (CELL_WIDTH * _FINE * height)
    if wanted != ink.width:
        ink = ink.resize((max(1, wanted), cell.height), Image.Resampling.LANCZOS)
    cell.paste(ink, ((cell.width - ink.width) // 2, 0))


def _letter_ink(cell_height: int, character: str, size: int, weight: float) -> Image.Image:
    wide = Image.new("L", (size * 2, cell_height), 0)
    baseline = _BASELINE * _FINE * cell_height // (CELL_HEIGHT * _FINE)
    pen = ImageDraw.Draw(wide)
    _draw(pen, size // 2, baseline, character, size, weight)
    box = wide.getbbox()
    if box is None:
        return wide.crop((0, 0, 1, cell_height))
    if character in _SERIFS:
        top, foot = _SERIFS[character]
        middle, thick, reach = (box[0] + box[2]) / 2, size * 0.085 + weight, size * 0.2
        if top:
            pen.rectangle((middle - reach, baseline - size * top, middle, baseline - size * top + thick), fill=255)
        if top and character == "I":
            pen.rectangle((middle, baseline - size * top, middle + reach, baseline - size * top + thick), fill=255)
        if foot:
            pen.rectangle((middle - reach, baseline - thick + weight, middle + reach, baseline + weight), fill=255)
        box = wide.getbbox() or box
    return wide.crop((box[0], 0, box[2], cell_height))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType; install the Pillow wheel or the distribution's package")
    return font


def _draw(pen: ImageDraw.ImageDraw, left: int, baseline: float, character: str, size: int, weight: float) -> None:
    letter, *marks = list(unicodedata.normalize("NFD", character))
    for shift in (-weight, 0, weight):  # a stroke all around would close the gap under the dot of an "i": only widen
        pen.text((left + shift, baseline), letter, 255, _font(size), anchor="ls")
    if marks:
        middle = left + _font(size).getlength(letter) / 2
        tall = character.isupper() or character == "ì"
        _draw_mark(pen, marks[0], middle, baseline - size * (0.78 if tall else 0.61), size, weight)


def _draw_mark(pen: ImageDraw.ImageDraw, mark: str, middle: float, foot: float, size: int, weight: float) -> None:
    reach, rise = size * 0.13, size * 0.13
    thick = max(2, round(size * 0.07 + weight))
    if mark == _DOTS:
        for side in (-1, 1):
            x, y, r = middle + side * reach, foot - rise / 2, thick * 0.7
            pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    elif mark == _RING:
        pen.ellipse((middle - reach * 0.8, foot - rise * 1.4, middle + reach * 0.8, foot), outline=255, width=thick)
    elif mark in _MARKS:
        pen.line([(middle + x * reach, foot + y * rise) for x, y in _MARKS[mark]], fill=255, width=thick, joint="curve")
