"""Black-on-white images as ESC/POS commands, none larger than `interrupted` can fill up.

Not through python-escpos, whose colour conversions cost a millisecond an image; the bytes are the same. A printer looks
for DLE EOT, DLE ENQ and DLE DC4 even inside an image and obeys them at once (the last can open a drawer or switch it
off), so no image of ours has their bytes: one dot more beside another is not seen.
"""

from __future__ import annotations

import re
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from kiosk.printing.interrupted import LARGEST_IMAGE_BYTES

BOX_DOTS = 28
_AT_ONCE = re.compile(rb"\x10(?=[\x04\x05\x14])")


def raster(image: Image.Image) -> bytes:
    """GS v 0: a mode "1" image on lines of its own; black dots become set bits. A tall one in several commands."""
    row_bytes = (image.width + 7) // 8
    rows = _AT_ONCE.sub(b"\x18", ImageChops.invert(image).tobytes())
    band_bytes = LARGEST_IMAGE_BYTES // row_bytes * row_bytes
    bands = [rows[start : start + band_bytes] for start in range(0, len(rows), band_bytes)]
    width = row_bytes.to_bytes(2, "little")
    return b"".join(b"\x1dv0\x00" + width + (len(band) // row_bytes).to_bytes(2, "little") + band for band in bands)


@lru_cache(maxsize=2)
def box_to_tick() -> Image.Image:
    """A square of 24 dots to tick with a pen: a line of two dots, round corners."""
    image = Image.new("L", (BOX_DOTS, BOX_DOTS), 255)
    ImageDraw.Draw(image).rounded_rectangle((2, 2, 25, 25), radius=5, outline=0, width=2)
    return image


@lru_cache(maxsize=1)
def box_in_line() -> bytes:
    """ESC * 33: the box as an image within the line of text, 24 dots high."""
    image = Image.new("L", (24, 24), 0)
    ImageDraw.Draw(image).rounded_rectangle((2, 2, 21, 21), radius=4, outline=255, width=2)
    columns = image.point(lambda level: 255 if level > 127 else 0).convert("1").transpose(Image.Transpose.TRANSPOSE)
    return b"\x1b*\x21" + (24).to_bytes(2, "little") + columns.tobytes()
