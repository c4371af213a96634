"""Pictures as files: few colours, small, and refused when they are not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

PICTURE_BYTES_MOST = 400_000
FILM_BYTES_MOST = 1_400_000
DARK = 80  # of 255: what lies under the paper


class TooHeavy(Exception):
    """A picture that a reader on a slow line would wait for."""


def newest_ticket(roll: bytes) -> bytes:
    """The uppermost strip of a picture of the roll: down to the first row that is all background."""
    picture: Image.Image = Image.open(io.BytesIO(roll)).convert("L")
    margin_px = 60  # the background above the first strip
    for row in range(margin_px, picture.height):
        if max(picture.crop((0, row, picture.width, row + 1)).tobytes()) < DARK:
            break
    else:
        row = picture.height
    cut = io.BytesIO()
    Image.open(io.BytesIO(roll)).crop((0, 0, picture.width, row)).save(cut, format="png")
    return cut.getvalue()


def write_picture(path: Path, png: bytes, width_px: int | None = None) -> Path:
    """A screenshot with at most 256 colours, scaled down to `width_px`. Raises TooHeavy."""
    picture: Image.Image = Image.open(io.BytesIO(png)).convert("RGB")
    if width_px is not None and picture.width > width_px:
        picture = picture.resize((width_px, round(picture.height * width_px / picture.width)), Image.Resampling.LANCZOS)
    few = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return _weighed(path, PICTURE_BYTES_MOST)


def write_film(path: Path, frames: Sequence[tuple[bytes, int]], width_px: int) -> Path:
    """Frames (image, milliseconds to show) as an animated WebP that begins again at its end. Raises TooHeavy."""
    pictures = []
    for image, _ in frames:
        whole: Image.Image = Image.open(io.BytesIO(image)).convert("RGB")
        size = (width_px, round(whole.height * width_px / whole.width))
        pictures.append(whole.resize(size, Image.Resampling.LANCZOS))
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=[shown_ms for _, shown_ms in frames],
        loop=0,
        quality=72,
        method=5,
        minimize_size=True,
    )
    return _weighed(path, FILM_BYTES_MOST)


def _weighed(path: Path, most: int) -> Path:
    size = path.stat().st_size
    if size > most:
        raise TooHeavy(f"{path.name} has {size} bytes, more than {most}")
    return path
