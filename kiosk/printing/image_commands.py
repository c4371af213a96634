"""Black-on-white images as ESC/POS commands.

Not through python-escpos, whose colour conversions cost a millisecond an image; the bytes are the same.
"""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

_BOX_DOTS = 24


def raster(image: Image.Image) -> bytes:
    """GS v 0: a mode "1" image on lines of its own; black dots become set bits."""
    size = ((image.width + 7) // 8).to_bytes(2, "little") + image.height.to_bytes(2, "little")
    return b"\x1dv0\x00" + size + ImageChops.invert(image).tobytes()


@lru_cache(maxsize=1)
def box_to_tick() -> bytes:
    """ESC * 33, an image within the line of text: a 20-dot square with a two-dot line and round corners."""
    image = Image.new("L", (_BOX_DOTS, _BOX_DOTS), 0)
    ImageDraw.Draw(image).rounded_rectangle((2, 2, 21, 21), radius=4, outline=255, width=2)
    columns = image.point(lambda level: 255 if level > 127 else 0).convert("1").transpose(Image.Transpose.TRANSPOSE)
    return b"\x1b*\x21" + _BOX_DOTS.to_bytes(2, "little") + columns.tobytes()
