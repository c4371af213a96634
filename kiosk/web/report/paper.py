"""A report as a PDF of one or more A4 pages: Helvetica, which every reader has, on a plain grid.

pydyf writes the file's structure; what stands where is decided here. Text is WinAnsi: Indonesian needs nothing else,
and a letter beyond it becomes a question mark.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pydyf

from kiosk.web.report.lines import Table

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 48  # A4 in points
_LINE = 16.5
_INK, _SOFT, _INDIGO, _RULE = (0.13, 0.1, 0.07), (0.36, 0.3, 0.24), (0.12, 0.2, 0.39), (0.86, 0.8, 0.7)
_PAPER = (0.98, 0.96, 0.92)
# Widths of Helvetica's letters in thousandths (Adobe's metrics); what is not here is as wide as a figure.
_WIDTHS = {" ": 278, ".": 278, ",": 278, "(": 333, ")": 333, "%": 889, "–": 556, "m": 833, "n": 556, "t": 278, "i": 222}


class _Sheet:
    """Pages that are written from the top down."""

    def __init__(self) -> None:
        self.pdf = pydyf.PDF()
        self.fonts = {}
        for name, font in (("R", "Helvetica"), ("B", "Helvetica-Bold")):
            self.fonts[name] = pydyf.Dictionary(
                {"Type": "/Font", "Subtype": "/Type1", "BaseFont": f"/{font}", "Encoding": "/WinAnsiEncoding"}
            )
            self.pdf.add_object(self.fonts[name])
        self.turn_page()

    def turn_page(self) -> None:
        self.stream = pydyf.Stream()
        self.pdf.add_object(self.stream)
        fonts = pydyf.Dictionary({name: font.reference for name, font in self.fonts.items()})
        page = pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": self.pdf.pages.reference,
                "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
                "Contents": self.stream.reference,
                "Resources": pydyf.Dictionary({"Font": fonts}),
            }
        )
        self.pdf.add_page(page)
        self.y = float(_HEIGHT - _MARGIN)

    def need(self, height: float) -> None:
        if self.y - height < _MARGIN:
            self.turn_page()

    def text(self, x: float, words: str, size: float, font: str = "R", colour: tuple[float, ...] = _INK) -> None:
        self.stream.begin_text()
        self.stream.set_color_rgb(*colour)
        self.stream.set_font_size(font, size)
        self.stream.set_text_matrix(1, 0, 0, 1, x, self.y)
        self.stream.stream.append(b"<" + words.encode("cp1252", "replace").hex().encode() + b"> Tj")
        self.stream.end_text()

    def right(self, x: float, words: str, size: float, font: str = "R", colour: tuple[float, ...] = _INK) -> None:
        width = sum(_WIDTHS.get(letter, 556) for letter in words) * size / 1000
        self.text(x - width, words, size, font, colour)

    def box(self, y: float, height: float, colour: tuple[float, ...]) -> None:
        self.stream.set_color_rgb(*colour)
        self.stream.rectangle(_MARGIN, y, _WIDTH - 2 * _MARGIN, height)
        self.stream.fill()


def paper(title: str, subtitle: str, listed: Sequence[Table]) -> bytes:
    """The report's bytes; `title` and `subtitle` head the first page."""
    sheet = _Sheet()
    sheet.pdf.info["Title"] = pydyf.String(title)
    sheet.box(sheet.y - 34, 50, _INDIGO)
    sheet.text(_MARGIN + 14, title, 17, "B", (1, 0.98, 0.94))
    sheet.y -= 20
    sheet.text(_MARGIN + 14, subtitle, 10, "R", (0.83, 0.86, 0.93))
    sheet.y -= 44
    for table in listed:
        if table.rows:
            _draw(sheet, table)
    held = io.BytesIO()
    sheet.pdf.write(held)
    return held.getvalue()


def _draw(sheet: _Sheet, table: Table) -> None:
    sheet.need(4 * _LINE)
    sheet.text(_MARGIN, table.title, 12.5, "B", _INDIGO)
    sheet.y -= _LINE + 2
    columns = len(table.head) - 1
    ends = [_WIDTH - _MARGIN - 8 - 58 * (columns - at) for at in range(1, columns + 1)]
    if any(table.head):
        sheet.text(_MARGIN + 8, table.head[0], 8.5, "B", _SOFT)
        for end, words in zip(ends, table.head[1:], strict=True):
            sheet.right(end, words, 8.5, "B", _SOFT)
        sheet.y -= _LINE - 2
    for at, row in enumerate(table.rows):
        sheet.need(_LINE)
        if at % 2 == 0:
            sheet.box(sheet.y - 5, _LINE, _PAPER)
        sheet.text(_MARGIN + 8, row[0][: 44 if columns > 3 else 80], 10)
        for end, words in zip(ends, row[1:], strict=True):
            sheet.right(end, words, 10)
        sheet.y -= _LINE
    sheet.y -= _LINE
