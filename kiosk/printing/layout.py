"""A queue ticket as ESC/POS bytes: pure, the same slip always gives the same bytes.

Decisions. The number, the headings, the fee and the QR are rasters (GS v 0), the rest is the printer's own Font A: a
ticket stays under 40 kB, so that it prints in about a second, and looks designed. The few millimetres between parts
are rasters one byte wide, because the unit of ESC J differs between printers (1/360, 1/406, 1/203 inch). A text that
is too long for its place falls back to Font A, which wraps: nothing is ever clipped. No command reaches the printer
from a text (see charset). Proof of printing and sending belong to spool and printer.
"""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import msgspec
from escpos.capabilities import Profile
from escpos.printer import Dummy
from PIL import Image

from kiosk.printing import lettering
from kiosk.printing.balance import balanced
from kiosk.printing.charset import printable
from kiosk.printing.image_commands import box_to_tick, raster
from kiosk.printing.tracking import tracking_band

_INSET = "   "  # Font A cells under the box and the gap behind it


class TicketSlip(msgspec.Struct, frozen=True):
    """What is printed on one ticket, in words of the resident's language where they vary."""

    site_name: str
    agency: str
    number: str
    service_name: str
    issued_at: str
    wait: str
    people_ahead: int
    fee: str
    requirements: tuple[str, ...]
    track_url: str
    track_code: str
    copy: int = 0
    paper_width_dots: Literal[576, 384] = 576


def render(slip: TicketSlip) -> bytes:
    """The whole print job: ESC @ … cut."""
    sheet = _Sheet(slip.paper_width_dots)
    if slip.copy > 0:
        copy = f"SALINAN {slip.copy}"
        sheet.picture_or_text(lettering.banner(copy, sheet.width, (30,), 0.03, 1), copy)
        sheet.gap(20)
    _masthead(sheet, slip)
    _number(sheet, slip)
    _checklist(sheet, slip)
    _fee(sheet, slip)
    _tracking(sheet, slip)
    # The number once more, in letters: so the bytes alone tell which ticket they are.
    sheet.text(f"Terima kasih. Mohon tunggu panggilan {slip.number}.", align="center")
    return sheet.finish()


def _masthead(sheet: _Sheet, slip: TicketSlip) -> None:
    sheet.heading(slip.site_name, (44, 42, 40, 38, 36, 34, 32, 30) if sheet.wide else (33, 31, 29, 27, 25), 0.032)
    sheet.gap(8)
    sheet.text(slip.agency, align="center")
    sheet.gap(12)
    sheet.rule()


def _number(sheet: _Sheet, slip: TicketSlip) -> None:
    sheet.gap(20)
    sheet.text("NOMOR ANTREAN", align="center", bold=True)
    sheet.gap(16)
    number = printable(slip.number)
    sheet.picture_or_text(lettering.giant(number, sheet.width, 150 if sheet.wide else 120), number)
    sheet.gap(26)
    sheet.heading(slip.service_name, (34, 32, 30, 28) if sheet.wide else (29, 27, 25), 0.032)
    sheet.gap(14)
    ahead = f"{slip.people_ahead} orang di depan Anda" if slip.people_ahead > 0 else "Tidak ada antrean di depan Anda"
    sheet.text(slip.wait, align="center", bold=True)
    sheet.text(ahead, align="center")
    sheet.text(slip.issued_at, align="center")
    sheet.gap(14)


def _checklist(sheet: _Sheet, slip: TicketSlip) -> None:
    requirements = [shown for shown in map(printable, slip.requirements) if shown]
    if not requirements:
        return
    sheet.rule(dotted=True)
    sheet.gap(16)
    sheet.text("Siapkan sebelum dipanggil", bold=True)
    sheet.gap(6)
    for requirement in requirements:
        sheet.checkbox(requirement)
    sheet.gap(16)


def _fee(sheet: _Sheet, slip: TicketSlip) -> None:
    fee = printable(slip.fee)
    if fee:
        sheet.picture_or_text(lettering.banner(fee, sheet.width, (28, 26, 24, 22), 0.025, 2), fee)
        sheet.gap(26)


def _tracking(sheet: _Sheet, slip: TicketSlip) -> None:
    code = printable(slip.track_code)
    band = tracking_band(slip.track_url, code, sheet.width)
    for part in band:
        sheet.picture(part)
    if code and not band:
        sheet.text("Lacak dengan kode", align="center")
        sheet.text(code, align="center", bold=True)
    if code or band:
        sheet.gap(22)
        sheet.rule(dotted=True)
        sheet.gap(14)


class _Paper(Profile):  # type: ignore[misc]  # python-escpos makes this class at run time
    """Any printer with this paper. Not one of the shipped profiles: they put CP437 in slots that only they have."""

    def __init__(self, width: int) -> None:
        self.profile_data = {
            "codePages": {"0": "CP437"},
            "fonts": {"0": {"name": "Font A", "columns": width // 12}},
            "media": {"width": {"pixels": width}},
        }
        super().__init__(columns=width // 12)


class _Sheet:
    """The job being written, top to bottom, in python-escpos' words."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.wide = width == 576
        self.columns = width // 12
        self._printer: Any = Dummy(profile=_Paper(width))
        self._printer.hw("INIT")
        self._printer.line_spacing()
        self._printer.charcode("CP437")

    def text(self, text: str, align: str = "left", bold: bool = False, size: int = 1) -> None:
        """Font A, wrapped between words and, where one word is too long, inside it. Nothing for an empty text."""
        for line in _wrapped(printable(text), self.columns // size, even=align == "center"):
            self._printer.set(align=align, bold=bold, custom_size=True, width=size, height=size)
            self._printer.textln(line)

    def picture(self, image: Image.Image) -> None:
        self._printer.set(align="left")
        self._printer._raw(raster(image))

    def picture_or_text(self, image: Image.Image | None, text: str) -> None:
        if image is not None:
            self.picture(image)
        else:
            self.text(text, align="center", bold=True, size=2)

    def heading(self, text: str, sizes: tuple[int, ...], weight_em: float) -> None:
        shown = printable(text)
        if shown:
            self.picture_or_text(lettering.centred(shown, self.width, sizes, weight_em, 2 if self.wide else 3), shown)

    def gap(self, dots: int) -> None:
        self.picture(Image.new("1", (8, dots), lettering.PAPER))

    def rule(self, dotted: bool = False) -> None:
        self.picture(lettering.hairline(self.width, dotted))

    def checkbox(self, text: str) -> None:
        """An empty box to tick with a pen, in the line (ESC *), and the text hanging beside it."""
        for row, line in enumerate(_wrapped(text, self.columns - len(_INSET))):
            self._printer.set(align="left", bold=False, custom_size=True, width=1, height=1)
            if row == 0:
                self._printer._raw(box_to_tick())
                self._printer.textln(f" {line}")
            else:
                self._printer.textln(f"{_INSET}{line}")

    def finish(self) -> bytes:
        if not self.wide:  # 58 mm printers mostly have no cutter: the text must pass the tear bar
            self._printer.print_and_feed(3)
        self._printer.cut(feed=False)  # GS V 66: the printer feeds to its own cutter, no paper is wasted
        return bytes(self._printer.output)


def _wrapped(text: str, columns: int, even: bool = False) -> list[str]:
    lines = balanced(text.split(), lambda line: len(line) <= columns, len) if even else None
    return lines if lines is not None else textwrap.wrap(text, columns, break_on_hyphens=False)
