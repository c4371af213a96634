"""A strip of thermal paper around printed dots: its colour, its curl, its torn edges and the shadow under it.

Only looks: it makes the demo's roll and the previews believable and never changes where a dot is.
"""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_MARGIN_DOTS = 36  # 4 mm of paper that no print head reaches, at each side
_AROUND = 22  # transparent ground for the shadow
_TOP_DOTS = 44
_TOOTH_DOTS = 8
_SHEET = (253, 251, 246)
_BURNT = (34, 32, 40)  # thermal black is a very dark blue grey


def strip(ink: Image.Image, cut_below: bool = True) -> Image.Image:
    """RGBA picture of one strip that carries `ink` (L, 255 = burnt dot)."""
    width, height = ink.width + 2 * _MARGIN_DOTS, ink.height + _TOP_DOTS
    paper = _sheet(width, height)
    paper.paste(_BURNT, (_MARGIN_DOTS, _TOP_DOTS), ink)
    outline = _outline(width, height, cut_below)
    size = (width + 2 * _AROUND, height + 2 * _AROUND)
    mask = Image.new("L", size, 0)
    mask.paste(outline, (_AROUND, _AROUND))
    shadow = ImageChops.offset(mask, 0, 5).filter(ImageFilter.GaussianBlur(7)).point(lambda level: level * 70 // 255)
    whole = Image.merge("RGBA", [Image.new("L", size, level) for level in (30, 24, 18)] + [shadow])
    whole.paste(paper, (_AROUND, _AROUND), outline)
    return whole


def _sheet(width: int, height: int) -> Image.Image:
    """Paper that curls a little: darker by some levels towards both sides."""
    curl = Image.new("L", (width, 1))
    curl.putdata([round(13 * abs(2 * x / (width - 1) - 1) ** 3) for x in range(width)])
    curl = curl.resize((width, height))
    return Image.merge("RGB", [curl.point([max(0, level - dark) for dark in range(256)]) for level in _SHEET])


def _outline(width: int, height: int, cut_below: bool) -> Image.Image:
    """255 where there is paper; the edges are the teeth of the tear bar, drawn fine and brought down."""
    fine = 3
    mask = Image.new("L", (width * fine, height * fine), 255)
    pen = ImageDraw.Draw(mask)
    teeth = math.ceil(width / _TOOTH_DOTS)
    pitch = width * fine / teeth
    depth = _TOOTH_DOTS * fine * 0.55
    bottom = height * fine
    for tooth in range(teeth):
        left, middle, right = tooth * pitch, (tooth + 0.5) * pitch, (tooth + 1) * pitch
        pen.polygon([(left, 0), (middle, depth), (right, 0)], fill=0)
        if cut_below:
            pen.polygon([(left, bottom), (middle, bottom - depth), (right, bottom)], fill=0)
    return mask.resize((width, height), Image.Resampling.BOX)
