"""Letters, lines and bars as black-on-white rasters, for the parts of a ticket that deserve a real typeface.

Decision: Pillow's own scalable font (Aileron), so that the same ticket comes out of every machine and none needs a
system font. It has no accents and no dash: both are drawn here. Text must have passed `charset.printable`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from kiosk.printing.balance import balanced
from kiosk.printing.charset import DASH

INK, PAPER = 0, 255
_SMALL = 48  # letters up to this size are made bold by widening alone
_ACUTE, _GRAVE, _HAT, _TILDE, _DOTS, _RING = "\u0301", "\u0300", "\u0302", "\u0303", "\u0308", "\u030a"


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType; install the Pillow wheel or the distribution's package")
    return font


def _advance(size: int, text: str) -> float:
    """Dots from the start of `text` to where the next letter starts; letters are kerned, dashes are 0.8 em."""
    pieces = text.split(DASH)
    return sum(_font(size).getlength(_bare(piece)) for piece in pieces) + (len(pieces) - 1) * size * 0.8


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


def width_of(text: str, size: int, weight: float) -> int:
    """Dots that `text` takes, with the stroke that makes it bold."""
    return round(_advance(size, text) + 2 * weight + 1)


def draw_text(
    pen: ImageDraw.ImageDraw, left: float, baseline: float, text: str, size: int, weight: float, ink: int = INK
) -> None:
    """Writes `text` with its baseline at `baseline`; `weight` is the stroke in dots that thickens every letter."""
    left += weight
    for number, piece in enumerate(text.split(DASH)):
        if number:
            half = max(1.0, size * 0.03 + weight)
            middle = baseline - size * 0.26
            pen.rectangle((left + size * 0.08, middle - half, left + size * 0.72, middle + half), fill=ink)
            left += size * 0.8
        left = round(left)  # between two dots, thin strokes would come out darker or lighter than their neighbours
        letters = _bare(piece)
        if size <= _SMALL:  # strokes all around would close the gap under the dot of a small "i": only widen
            for shift in (-weight, 0, weight):
                pen.text((left + shift, baseline), letters, ink, _font(size), anchor="ls")
        else:
            pen.text((left, baseline), letters, ink, _font(size), anchor="ls", stroke_width=weight, stroke_fill=ink)
        for place, character in enumerate(piece):
            marks = unicodedata.normalize("NFD", character)[1:]
            if marks:
                before = _advance(size, piece[:place])
                middle = left + (before + _advance(size, piece[: place + 1])) / 2
                tall = character.isupper() or character == "ì"
                _draw_mark(pen, marks[0], middle, baseline - size * (0.78 if tall else 0.61), size, weight, ink)
        left += _advance(size, piece)


def _draw_mark(
    pen: ImageDraw.ImageDraw, mark: str, middle: float, foot: float, size: int, weight: float, ink: int
) -> None:
    reach, rise = size * 0.13, size * 0.13
    thick = max(2, round(size * 0.07 + weight))
    if mark == _DOTS:
        for side in (-1, 1):
            x, y, r = middle + side * reach, foot - rise / 2, thick * 0.7
            pen.ellipse((x - r, y - r, x + r, y + r), fill=ink)
        return
    if mark == _RING:
        pen.ellipse((middle - reach * 0.8, foot - rise * 1.4, middle + reach * 0.8, foot), outline=ink, width=thick)
        return
    shapes: dict[str, list[tuple[float, float]]] = {
        _ACUTE: [(-0.5, 0), (0.7, -1)],
        _GRAVE: [(0.5, 0), (-0.7, -1)],
        _HAT: [(-1, 0), (0, -1), (1, 0)],
        _TILDE: [(-1, 0), (-0.4, -0.8), (0.4, -0.2), (1, -1)],
    }
    pen.line([(middle + x * reach, foot + y * rise) for x, y in shapes[mark]], fill=ink, width=thick, joint="curve")


def _sheet(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (max(1, width), max(1, height)), PAPER)
    return image, ImageDraw.Draw(image)


def crisp(image: Image.Image) -> Image.Image:
    """Each dot either burnt or not: grey has no meaning to a thermal head."""
    return image.point(lambda level: PAPER if level >= 128 else INK).convert("1", dither=Image.Dither.NONE)


def ink_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is burnt; None when nothing is."""
    return ImageChops.invert(image.convert("L")).getbbox()


def trimmed_right(image: Image.Image) -> Image.Image:
    """Without the white at the right: it would be sent as bytes and burn nothing."""
    box = ink_box(image)
    return image.crop((0, 0, max(8, box[2] if box else 8), image.height))


def lines_that_fit(text: str, width: int, size: int, weight: float) -> list[str] | None:
    """`text` broken between words into the fewest lines of at most `width` dots, evenly; None if one word is wider."""

    def fits(line: str) -> bool:
        return width_of(line, size, weight) <= width

    return balanced(text.split(), fits, lambda line: width_of(line, size, weight))


@lru_cache(maxsize=256)
def centred(text: str, width: int, sizes: tuple[int, ...], weight_em: float, most_lines: int) -> Image.Image | None:
    """`text` centred in as few lines as the sizes (largest first) allow; None when it does not fit `most_lines`."""
    for count in range(1, most_lines + 1):
        for size in sizes:
            weight = weight_em * size
            lines = lines_that_fit(text, width, size, weight)
            if lines is not None and len(lines) == count:
                pitch = round(size * 1.22)
                image, pen = _sheet(width, pitch * count)
                for row, line in enumerate(lines):
                    left = (width - width_of(line, size, weight)) // 2  # whole dots, so that all lines are as dark
                    draw_text(pen, left, row * pitch + size * 0.98, line, size, weight)
                return trimmed_right(crisp(image))
    return None


@lru_cache(maxsize=64)
def giant(text: str, width: int, tallest: int) -> Image.Image | None:
    """One line as large as `width` and `tallest` (dots of a capital) allow, cut to its ink; None when too long.

    Letters stand apart by a part of their size, so that the hyphen never touches: a number is read from three metres.
    """
    for size in range(round(tallest / 0.72), _SMALL, -4):
        weight, apart = size * 0.03, size * 0.035
        advances = [width_of(letter, size, 0) + apart for letter in text]
        if sum(advances) + 2 * weight > width - 16:
            continue
        image, pen = _sheet(width + size, round(size * 1.4))
        left = size / 4
        for letter, advance in zip(text, advances, strict=True):
            draw_text(pen, left, size, letter, size, weight)
            left += advance
        box = ink_box(crisp(image))
        if box is None:
            return None
        number, _ = _sheet(width, box[3] - box[1])
        number.paste(image.crop(box), ((width - (box[2] - box[0])) // 2, 0))
        return trimmed_right(crisp(number))
    return None


@lru_cache(maxsize=64)
def banner(text: str, width: int, sizes: tuple[int, ...], weight_em: float, most_lines: int) -> Image.Image | None:
    """White on a black bar with round corners; None when it does not fit."""
    inner = centred(text, width - 32, sizes, weight_em, most_lines)
    if inner is None:
        return None
    image, pen = _sheet(width, inner.height + 18)
    pen.rounded_rectangle((0, 0, width - 1, image.height - 1), radius=10, fill=INK)
    image.paste(PAPER, (16, 8), ImageChops.invert(inner.convert("L")))
    return crisp(image)


@lru_cache(maxsize=8)
def hairline(width: int, dotted: bool = False) -> Image.Image:
    """A line of two dots (0.25 mm); dotted: two on, four off."""
    image, pen = _sheet(width, 2)
    for left in range(0, width, 6 if dotted else width):
        pen.rectangle((left, 0, left + (2 if dotted else width) - 1, 1), fill=INK)
    return crisp(image)
