"""The slips side by side, drawn by `kentongan ticket preview` from the bytes that a printer would get."""

from __future__ import annotations

import io
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from deploy.cli import kentongan
from docs.pictures.files import write_picture

_EXAMPLE = Path(__file__).parents[2] / "deploy" / "example" / "kentongan.toml"
_SHOWN = (
    ("--language", "id"),
    ("--kind", "request", "--language", "en"),
    ("--kind", "complaint", "--language", "jv", "--paper", "58"),
    ("--paper", "58", "--copy", "1"),
)
_TABLE = (214, 208, 198, 255)
_WIDTH_PX = 1200


def take_slips(folder: Path) -> Path:
    """`slips.png`: a ticket, a request's receipt, and on narrow paper a complaint's and a copy."""
    slips = [_slip(folder / "slip.part", options) for options in _SHOWN]
    table = Image.new("RGBA", (sum(slip.width for slip in slips), max(slip.height for slip in slips)), _TABLE)
    left = 0
    for slip in slips:
        table.alpha_composite(slip, (left, 0))
        left += slip.width
    whole = io.BytesIO()
    table.save(whole, "PNG")
    return write_picture(folder / "slips.png", whole.getvalue(), _WIDTH_PX)


def _slip(file: Path, options: tuple[str, ...]) -> Image.Image:
    out = file.with_suffix(".png")
    wanted = ["ticket", "preview", "usaha", "--out", str(out), "--config", str(_EXAMPLE), *options]
    done = CliRunner().invoke(kentongan, wanted, catch_exceptions=False)
    if done.exit_code:
        raise RuntimeError(done.output)
    with Image.open(out) as picture:
        slip = picture.convert("RGBA")
    out.unlink()
    return slip
