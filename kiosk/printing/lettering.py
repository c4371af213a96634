"""Letters, lines and bars as black-on-white rasters, in the typeface of our screens.

Decision: Plus Jakarta Sans, the variable font that the screens are set in, read straight from the web asset: one face
on screen and paper, true weights instead of thickened strokes, and the same ticket out of every machine. Its letters
are set without kerning, because what shapes text (raqm) is not on every machine. Text must have passed
`charset.printable`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from PIL import Image, ImageChops, ImageDraw, ImageFont

from kiosk.printing.balance import balanced
from kiosk.printing.charset import DASH
from kiosk.printing.symbol import INK, PAPER

HEAVY, BOLD, MEDIUM = 800, 700, 600  # thinner strokes break up where a head's dots are worn
_PITCH = 1.3  # from line to line, in em: room for the ring of an Å and the tail of a g
_BASELINE = 1.05
_FACE = resources.files("kiosk.design") / "built" / "plus-jakarta-sans-latin.woff2"


@lru_cache(maxsize=128)
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    try:
        with resources.as_file(_FACE) as file:
            font = ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise RuntimeError(f"the typeface {_FACE} cannot be read: run `make setup-demo`") from error
    font.set_variation_by_axes([weight])
    return font


def _shown(text: str) -> str:
    return text.replace(DASH, "—")


def width_of(text: str, size: int, weight: int) -> int:
    """Dots that `text` takes."""
    return round(_font(size, weight).getlength(_shown(text)))


def draw_text(pen: ImageDraw.ImageDraw, left: float, baseline: float, text: str, size: int, weight: int) -> None:
    """Writes `text` with its baseline at `baseline`."""
    pen.text((round(left), round(baseline)), _shown(text), INK, _font(size, weight), anchor="ls")


def sheet(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Blank paper in grey levels, and a pen for it."""
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


def lines_that_fit(text: str, width: int, size: int, weight: int) -> list[str] | None:
    """`text` broken between words into the fewest lines of at most `width` dots, evenly; None if one word is wider."""

    def fits(line: str) -> bool:
        return width_of(line, size, weight) <= width

    return balanced(text.split(), fits, lambda line: width_of(line, size, weight))


@lru_cache(maxsize=256)
def written(
    text: str, width: int, sizes: tuple[int, ...], weight: int, most_lines: int, inset: int | None = None
) -> tuple[Image.Image, ...] | None:
    """`text` in as few lines as the sizes (largest first) allow, an image a line; None when it needs more lines.

    Centred, or `inset` dots from the left. A line is as wide as its ink, because white is sent as bytes and burns
    nothing.
    """
    for count in range(1, most_lines + 1):
        for size in sizes:
            lines = lines_that_fit(text, width - (inset or 0), size, weight)
            if lines is not None and len(lines) == count:
                return tuple(_line(line, width, size, weight, inset) for line in lines)
    return None


def _line(text: str, width: int, size: int, weight: int, inset: int | None) -> Image.Image:
    image, pen = sheet(width, round(size * _PITCH))
    left = (width - width_of(text, size, weight)) // 2 if inset is None else inset
    draw_text(pen, left, size * _BASELINE, text, size, weight)
    return trimmed_right(crisp(image))


@lru_cache(maxsize=64)
def giant(text: str, width: int, tallest: int) -> Image.Image | None:
    """One line as large as `width` and `tallest` (dots of a capital) allow, cut to its ink; None when too long.

    A number is read from three metres. Its hyphen is a short bar: the typeface's own looks like a minus at this size.
    """
    for size in range(round(tallest / 0.7), 40, -2):
        pieces = text.split("-")
        apart = round(size * 0.36)
        length = sum(width_of(piece, size, HEAVY) for piece in pieces) + apart * (len(pieces) - 1)
        if length > width - 8:
            continue
        image, pen = sheet(length + size, round(size * 1.5))
        left, baseline = size // 4, round(size * 1.1)
        for number, piece in enumerate(pieces):
            if number:
                middle, half, thick = left - apart // 2, round(size * 0.11), round(size * 0.065)
                height = baseline - round(size * 0.3)
                pen.rectangle((middle - half, height - thick, middle + half, height + thick), fill=INK)
            draw_text(pen, left, baseline, piece, size, HEAVY)
            left += width_of(piece, size, HEAVY) + apart
        box = ink_box(crisp(image))
        if box is None:
            return None
        whole, _ = sheet(width, box[3] - box[1])
        whole.paste(image.crop(box), ((width - (box[2] - box[0])) // 2, 0))
        return trimmed_right(crisp(whole))
    return None


@lru_cache(maxsize=64)
def banner(text: str, width: int, sizes: tuple[int, ...], most_lines: int) -> Image.Image | None:
    """White on a black bar with round corners; None when it does not fit."""
    lines = written(text, width - 32, sizes, BOLD, most_lines)
    if lines is None:
        return None
    image, pen = sheet(width, sum(line.height for line in lines) + 18)
    pen.rounded_rectangle((0, 0, width - 1, image.height - 1), radius=12, fill=INK)
    top = 9
    for line in lines:
        image.paste(PAPER, (16, top), ImageChops.invert(line.convert("L")))
        top += line.height
    return crisp(image)


@lru_cache(maxsize=8)
def hairline(width: int, dotted: bool = False) -> Image.Image:
    """A line of two dots (0.25 mm); dotted: two on, four off."""
    image, pen = sheet(width, 2)
    for left in range(0, width, 6 if dotted else width):
        pen.rectangle((left, 0, left + (2 if dotted else width) - 1, 1), fill=INK)
    return crisp(image)
