"""Blocks → the bytes of one print job, ESC @ … cut: the same blocks always give the same bytes.

Decisions. Text is drawn (GS v 0) in sizes that a seventy-year-old reads at arm's length: nothing that matters is under
two millimetres of x-height, which Font A is. A ticket stays under 64 kB, a second on USB or a LAN; a site with a slow
serial line chooses the printer's own letters instead. The few millimetres between parts are images one byte wide,
because the unit of ESC J differs between printers (1/360, 1/406, 1/203 inch). A text that is too long for its place
falls back to Font A, which wraps: nothing is ever clipped. No text can carry a command (see charset).
"""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import msgspec
from escpos.capabilities import Profile
from escpos.printer import Dummy
from PIL import Image

from kiosk.core.printer_settings import Medium
from kiosk.printing import lettering
from kiosk.printing.balance import balanced
from kiosk.printing.blocks import Bar, Block, Checklist, Gap, Huge, Letters, Line, Rule, Tracking
from kiosk.printing.charset import printable
from kiosk.printing.image_commands import BOX_DOTS, box_in_line, box_to_tick, raster
from kiosk.printing.native_qr import native_qr
from kiosk.printing.sizes import TYPES, Type
from kiosk.printing.symbol import PAPER, symbol_of
from kiosk.printing.tracking import lone_qr, tracking_band, widest_qr

_INSET_CELLS = "   "  # Font A cells under the box and the gap behind it
_INSET_DOTS = BOX_DOTS + 12


class _Paper(Profile):  # type: ignore[misc]  # python-escpos makes this class at run time
    """Any printer with this paper. Not one of the shipped profiles: they put CP437 in slots that only they have."""

    def __init__(self, width: int) -> None:
        self.profile_data = {
            "codePages": {"0": "CP437"},
            "fonts": {"0": {"name": "Font A", "columns": width // 12}},
            "media": {"width": {"pixels": width}},
        }
        super().__init__(columns=width // 12)


class Sheet:
    """The job being written, top to bottom, in python-escpos' words."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._width, self._wide = medium.width_dots, medium.width_dots == 576
        self._white_dots = 0
        self._printer: Any = Dummy(profile=_Paper(self._width))
        self._printer.hw("INIT")
        self._printer.line_spacing()
        self._printer.charcode("CP437")

    def put(self, block: Block) -> None:
        """Sets one block under those before it."""
        match block:
            case Line():
                self._line(printable(block.text), TYPES[block.style])
            case Huge():
                text = printable(block.text)
                drawn = lettering.giant(text, self._width, 150 if self._wide else 116)
                self._images_or_letters((drawn,) if drawn else None, text, cells=2)
            case Bar():
                text = printable(block.text)
                drawn = lettering.banner(text, self._width, (32, 30, 28, 26) if self._wide else (28, 26, 24), 3)
                self._images_or_letters((drawn,) if drawn and text else None, text, cells=2)
            case Checklist():
                self._checklist(block)
            case Tracking():
                self._tracking(msgspec.structs.replace(block, code=printable(block.code)))
            case Rule():
                self._picture(lettering.hairline(self._width, block.dotted))
            case Gap():
                self._white_dots += block.dots
            case Letters():
                self._letters(block.text)

    def finish(self) -> bytes:
        """The whole job."""
        self._feed_white()
        if not self._wide:  # 58 mm printers mostly have no cutter: the text must pass the tear bar
            self._printer.print_and_feed(3)
        self._printer.cut(feed=False)  # GS V 66: the printer feeds to its own cutter, no paper is wasted
        return bytes(self._printer.output)

    def so_far(self) -> bytes:
        """What was written, without the cut: the head of a longer job."""
        self._feed_white()
        return bytes(self._printer.output)

    def _line(self, text: str, type_: Type, inset: int | None = None) -> None:
        if text:
            drawn = lettering.written(text, self._width, self._sizes(type_), type_.weight, type_.most_lines, inset)
            self._images_or_letters(drawn, text, type_.cells, type_.bold, "left" if inset == 0 else "center")

    def _sizes(self, type_: Type) -> tuple[int, ...]:
        return type_.wide if self._wide else type_.narrow

    def _checklist(self, block: Checklist) -> None:
        items = [shown for shown in map(printable, block.items) if shown]
        if items:
            self._line(printable(block.heading), TYPES["label"], 0)
            self.put(Gap(8))
        for item in items:
            self._item(item, TYPES["body"])

    def _item(self, text: str, type_: Type) -> None:
        drawn = None
        if self._medium.letters == "drawn":
            sizes, most = self._sizes(type_), type_.most_lines
            drawn = lettering.written(text, self._width, sizes, type_.weight, most, _INSET_DOTS)
        if drawn is not None:
            first = Image.new("1", (drawn[0].width, drawn[0].height), PAPER)
            first.paste(drawn[0])
            first.paste(box_to_tick().convert("1"), (0, (first.height - BOX_DOTS) // 2 + 2))
            for image in (first, *drawn[1:]):
                self._picture(image)
            self.put(Gap(6))
            return
        self._feed_white()
        for row, line in enumerate(_wrapped(text, self._width // 12 - len(_INSET_CELLS))):
            self._printer.set(align="left", bold=False, custom_size=True, width=1, height=1)
            if row == 0:
                self._printer._raw(box_in_line())
            self._printer.textln(f" {line}" if row == 0 else f"{_INSET_CELLS}{line}")

    def _tracking(self, block: Tracking) -> None:
        symbol = symbol_of(block.url)
        module_dots = symbol.module_dots(widest_qr(self._width)) if symbol else 0
        if symbol is not None and module_dots and self._medium.qr == "native":
            self._feed_white()
            self._printer.set(align="center")
            self._printer._raw(native_qr(block.url, symbol, module_dots))
        elif symbol is not None and module_dots:
            band = tracking_band(symbol, block, self._width)
            for image in band or [lone_qr(symbol, self._width)]:
                self._picture(image)
            if band:
                return
        self.put(Gap(8))
        self._line(printable(block.heading), TYPES["small"])
        self._line(block.code, TYPES["heading"])
        self._line(printable(block.hint), TYPES["small"])

    def _picture(self, image: Image.Image) -> None:
        """The rows that carry ink; white ones above and below are gathered with the gaps around."""
        box = lettering.ink_box(image)
        if box is None:
            self._white_dots += image.height
            return
        self._white_dots += box[1]
        self._feed_white()
        self._printer.set(align="left")
        self._printer._raw(raster(image.crop((0, box[1], max(8, box[2]), box[3]))))
        self._white_dots = image.height - box[3]

    def _feed_white(self) -> None:
        if self._white_dots:
            self._printer.set(align="left")
            self._printer._raw(raster(Image.new("1", (8, self._white_dots), PAPER)))
            self._white_dots = 0

    def _images_or_letters(
        self,
        images: tuple[Image.Image, ...] | None,
        text: str,
        cells: int = 1,
        bold: bool = True,
        align: Literal["left", "center"] = "center",
    ) -> None:
        if images is not None and (self._medium.letters == "drawn" or cells > 1):
            for image in images:
                self._picture(image)
        else:
            self._letters(text, bold, cells, align)

    def _letters(
        self, text: str, bold: bool = False, cells: int = 1, align: Literal["left", "center"] = "center"
    ) -> None:
        """Font A, wrapped between words and, where one word is too long, inside it."""
        self._feed_white()
        for line in _wrapped(printable(text), self._width // 12 // cells, even=align == "center"):
            self._printer.set(align=align, bold=bold, custom_size=True, width=cells, height=cells)
            self._printer.textln(line)


def _wrapped(text: str, columns: int, even: bool = False) -> list[str]:
    lines = balanced(text.split(), lambda line: len(line) <= columns, len) if even else None
    return lines if lines is not None else textwrap.wrap(text, columns, break_on_hyphens=False)
