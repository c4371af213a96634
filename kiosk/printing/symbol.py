"""QR symbols as images, for the tickets that draw their own and for the interpreter that plays a printer's.

Decision: raster by default, because a printer's own QR (GS ( k) is missing in many cheap ones, which then print the
link's letters; a site whose printer has it may choose it and sends three kilobytes less. Both have the same modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

import segno
from PIL import Image

INK, PAPER = 0, 255
LEAST_MODULE_DOTS = 3  # 0.375 mm is the smallest module that phone cameras read from thermal paper without effort
_MOST_MODULE_DOTS = 8
_LEVELS = {"L": 48, "M": 49, "Q": 50, "H": 51}  # as GS ( k function 169 names them


class Symbol:
    """The QR of `text` in the smallest version that holds it, with the best correction that version has room for."""

    def __init__(self, text: str) -> None:
        """Raises segno.DataOverflowError for a text that no QR holds."""
        self._code = segno.make_qr(text, error="L", boost_error=True)
        self.modules = int(self._code.symbol_size(border=0)[0])
        self.level = _LEVELS[str(self._code.error)]

    def module_dots(self, widest: int) -> int:
        """How large a module may be in a square of `widest` dots; 0 when it would be too small for a camera."""
        dots = min(_MOST_MODULE_DOTS, widest // self.modules)
        return dots if dots >= LEAST_MODULE_DOTS else 0

    def image(self, module_dots: int) -> Image.Image:
        """Mode "1", without a quiet zone."""
        return _image(self._code, self.modules, module_dots)


def symbol_of(text: str) -> Symbol | None:
    """The symbol of `text`; None when there is nothing to encode or too much."""
    try:
        return Symbol(text) if text else None
    except segno.DataOverflowError:
        return None


@lru_cache(maxsize=32)
def printers_own(data: bytes, level: int, module_dots: int) -> Image.Image | None:
    """What GS ( k function 181 prints of stored `data`: the level exactly as told. None when it does not fit."""
    error = {number: letter for letter, number in _LEVELS.items()}[level]
    try:
        code = segno.make_qr(data, error=error, boost_error=False)
    except segno.DataOverflowError:
        return None
    return _image(code, int(code.symbol_size(border=0)[0]), module_dots)


def _image(code: segno.QRCode, modules: int, module_dots: int) -> Image.Image:
    rows = cast("Iterable[Iterable[int]]", code.matrix_iter(border=0))
    small = Image.frombytes("L", (modules, modules), bytes(INK if dark else PAPER for row in rows for dark in row))
    side = modules * module_dots
    return small.convert("1", dither=Image.Dither.NONE).resize((side, side), Image.Resampling.NEAREST)
