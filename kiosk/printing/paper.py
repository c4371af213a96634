"""What a printer would have put on paper: ESC/POS bytes → a picture of the ticket, or its letters.

The strict end of printing: it draws exactly the subset that `commands` knows, and all of it. It serves the demo's paper
roll, `kentongan ticket preview` and the tests. It is no emulator of a printer's status or buffer: see `simulated`.
"""

from __future__ import annotations

from PIL import Image

from kiosk.printing.glyphs import CELL_HEIGHT, glyph
from kiosk.printing.print_head import LINE_DOTS, Cut, Letter, Operation, Stamp, bottom_of, operations
from kiosk.printing.torn_paper import strip


def text_of(data: bytes, width_dots: int = 576) -> str:
    """The letters of a job, one line of paper a line: what can be read without the rasters."""
    lines: dict[int, str] = {}
    for drawn in operations(data, width_dots):
        if isinstance(drawn, Letter):
            bottom = drawn.top + drawn.height * CELL_HEIGHT
            lines[bottom] = lines.get(bottom, "") + drawn.character
    return "\n".join(line for _, line in sorted(lines.items()))


def picture(data: bytes, width_dots: int = 576) -> Image.Image:
    """The paper that came out, one strip a cut, first strip at the top (RGBA, 8 pixels a millimetre)."""
    strips: list[Image.Image] = []
    drawn: list[Operation] = []
    top = 0
    for operation in operations(data, width_dots):
        drawn.append(operation)
        if isinstance(operation, Cut):
            strips.append(strip(_ink(drawn, top, operation.top, width_dots)))
            drawn, top = [], operation.top
    if drawn:
        bottom = max(bottom_of(operation) for operation in drawn)
        strips.append(strip(_ink(drawn, top, bottom + LINE_DOTS, width_dots), cut_below=False))
    return stacked(strips, width_dots)


def stacked(strips: list[Image.Image], width_dots: int = 576) -> Image.Image:
    """Strips of paper under one another on a transparent ground; one blank strip when there is none."""
    shown = strips or [strip(Image.new("L", (width_dots, 120), 0))]
    whole = Image.new("RGBA", (max(image.width for image in shown), sum(image.height for image in shown)))
    top = 0
    for image in shown:
        whole.paste(image, ((whole.width - image.width) // 2, top))
        top += image.height
    return whole


def _ink(drawn: list[Operation], top: int, bottom: int, width_dots: int) -> Image.Image:
    ink = Image.new("L", (width_dots, bottom - top), 0)
    for operation in drawn:
        if isinstance(operation, Stamp):
            stamp = Image.frombytes("1", (operation.width, operation.height), operation.rows).convert("L")
            ink.paste(stamp, (operation.left, operation.top - top))
        elif isinstance(operation, Letter):
            _write(ink, operation, operation.top - top)
    return ink


def _write(ink: Image.Image, letter: Letter, top: int) -> None:
    cell = glyph(letter.character, letter.bold, letter.width, letter.height).copy()
    if letter.underline:
        cell.paste(255, (0, cell.height - letter.underline - 1, cell.width, cell.height - 1))
    if letter.inverse:
        cell = cell.point(lambda level: 255 - level)
    ink.paste(cell, (letter.left, top))
