"""ESC/POS commands → where every letter, image and cut lands on the paper, in dots from its top left corner.

A print head that follows the commands as a printer does: styles, lines that end by themselves at the edge,
justification, feeds. An image that would leave the paper is an error, never clipped; so is a command that a printer
only obeys at the beginning of a line and that stands behind letters, for those letters are lost or the command is.
"""

from __future__ import annotations

import msgspec
from PIL import Image, ImageChops

from kiosk.printing.commands import Command, UnknownCommand, commands
from kiosk.printing.glyphs import CELL_HEIGHT, CELL_WIDTH
from kiosk.printing.symbol import printers_own

_CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
LINE_DOTS = 30  # default line spacing (ESC 2): 1/6 inch on paper, 30 dots on the 203 dpi printers we name
# Epson's reference of each: "effective only when processed at the beginning of the line".
_AT_LINE_START = ("initialise", "raster", "qr_print", "align", "cut")
_HEAD_TO_CUTTER_DOTS = 88  # GS V 66 first feeds what lies between head and blade, about 11 mm


class Letter(msgspec.Struct, frozen=True):
    """One character cell; `left` and `top` in dots."""

    left: int
    top: int
    character: str
    bold: bool
    underline: int
    inverse: bool
    width: int
    height: int


class Stamp(msgspec.Struct, frozen=True):
    """An image of `width` × `height` dots, rows packed to bytes, a set bit is ink."""

    left: int
    top: int
    width: int
    height: int
    rows: bytes


class Cut(msgspec.Struct, frozen=True):
    """The blade went through here."""

    top: int


Operation = Letter | Stamp | Cut


def operations(data: bytes, width_dots: int = 576) -> list[Operation]:
    """What is drawn, in order, from the top of the paper. Raises UnknownCommand with the offset of what is unknown."""
    head = PrintHead(width_dots)
    for command in commands(data):
        head.obey(command)
    head.end_line(0)
    return head.drawn


def bottom_of(operation: Operation) -> int:
    """The first dot row under it."""
    if isinstance(operation, Letter):
        return operation.top + operation.height * CELL_HEIGHT
    return operation.top + (operation.height if isinstance(operation, Stamp) else 0)


class _Style(msgspec.Struct):
    bold: bool = False
    underline: int = 0
    inverse: bool = False
    width: int = 1
    height: int = 1
    align: int = 0
    code_page: str = "cp437"
    line_dots: int = LINE_DOTS
    qr_module: int = 3
    qr_correction: int = 48
    qr_data: bytes = b""


class PrintHead:
    """The print head: the line being set, and how far the paper has come."""

    def __init__(self, width_dots: int) -> None:
        self.width_dots = width_dots
        self.drawn: list[Operation] = []
        self._style = _Style()
        self._top = 0
        self._line: list[Letter | Stamp] = []
        self._left = 0

    def obey(self, command: Command) -> None:
        argument = command.arguments[0] if command.arguments else 0
        if self._line and command.name in _AT_LINE_START:
            raise UnknownCommand(command.offset, command.source[:4], f"{command.name} behind letters of the same line")
        match command.name:
            case "text":
                self._set_text(command)
            case "column_image":
                columns = int.from_bytes(command.arguments, "little")
                upright = Image.frombytes("1", (24, columns), command.payload).transpose(Image.Transpose.TRANSPOSE)
                self._place(Stamp(self._left, 0, columns, 24, upright.tobytes()), columns, command)
            case "raster":
                self._stamp(command)
            case "line_feed":
                self.end_line(self._style.line_dots)
            case "feed_lines":
                self.end_line(0)
                self._top += argument * self._style.line_dots
            case "feed_dots":
                self.end_line(0)
                self._top += argument
            case "cut":
                if command.arguments[0] in (65, 66):
                    self._top += _HEAD_TO_CUTTER_DOTS + command.arguments[1]
                self.drawn.append(Cut(self._top))
            case "initialise":
                self._style = _Style()
            case "line_spacing":
                self._style.line_dots = argument
            case "line_spacing_default":
                self._style.line_dots = LINE_DOTS
            case "size":
                self._style.width, self._style.height = (argument >> 4) + 1, (argument & 7) + 1
            case "code_page":
                self._style.code_page = _CODE_PAGES[argument]
            case "qr_module" | "qr_correction":
                setattr(self._style, command.name, command.payload[0])
            case "qr_store":
                self._style.qr_data = command.payload
            case "qr_print":
                self._print_qr(command)
            case "bold" | "inverse" | "underline" | "align":
                setattr(self._style, command.name, argument)

    def end_line(self, least_dots: int) -> None:
        """Prints what was set and feeds at least `least_dots`; a taller letter or image feeds its own height."""
        tall = max((bottom_of(thing) - thing.top for thing in self._line), default=0)
        spare = self.width_dots - self._left
        shift = (0, spare // 2, spare)[self._style.align]
        for thing in self._line:
            top = self._top + tall - (bottom_of(thing) - thing.top)
            self.drawn.append(msgspec.structs.replace(thing, left=thing.left + shift, top=top))
        self._top += max(tall, least_dots) if self._line else least_dots
        self._line, self._left = [], 0

    def _set_text(self, command: Command) -> None:
        try:
            text = command.payload.decode(self._style.code_page)
        except UnicodeDecodeError as wrong:
            at = command.offset + wrong.start
            raise UnknownCommand(at, command.payload[wrong.start : wrong.end], "no letter of this code page") from None
        style = self._style
        for place, character in enumerate(text):
            wide = CELL_WIDTH * style.width
            if self._left + wide > self.width_dots:  # a printer starts a new line by itself
                self.end_line(style.line_dots)
            letter = Letter(
                self._left,
                0,
                character,
                bool(style.bold),
                style.underline,
                bool(style.inverse),
                style.width,
                style.height,
            )
            self._place(letter, wide, command, place)

    def _place(self, thing: Letter | Stamp, wide: int, command: Command, inside: int = 0) -> None:
        if self._left + wide > self.width_dots:
            raise UnknownCommand(command.offset + inside, b"", f"{wide} dots more leave the paper")
        self._line.append(thing)
        self._left += wide

    def _print_qr(self, command: Command) -> None:
        style = self._style
        image = printers_own(style.qr_data, style.qr_correction, style.qr_module) if style.qr_data else None
        if image is None:
            raise UnknownCommand(command.offset, command.source[:8], "no QR was stored that could be printed")
        rows = ImageChops.invert(image).tobytes()
        self._place(Stamp(0, 0, image.width, image.height, rows), image.width, command)
        self.end_line(0)

    def _stamp(self, command: Command) -> None:
        width = 8 * int.from_bytes(command.arguments[:2], "little")
        height = int.from_bytes(command.arguments[2:], "little")
        self._place(Stamp(0, 0, width, height, command.payload), width, command)
        self.end_line(0)
