"""`kentongan ticket preview` draws the very ticket that a resident would get."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from PIL import Image
from pyzbar.pyzbar import decode

from deploy.cli import kentongan

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example" / "kentongan.toml"


def test_preview_is_a_picture_whose_qr_leads_to_the_tracking_page(tmp_path: Path) -> None:
    out = tmp_path / "ticket.png"
    done = CliRunner().invoke(kentongan, ["ticket", "preview", "usaha", "--out", str(out), "--config", str(EXAMPLE)])
    assert done.exit_code == 0, done.output
    with Image.open(out) as picture:
        [code] = decode(picture.convert("L"))
    assert code.data.decode().endswith("/lacak/K7F-234-QX3")


def test_preview_of_an_unknown_service_says_so(tmp_path: Path) -> None:
    out = tmp_path / "ticket.png"
    done = CliRunner().invoke(
        kentongan, ["ticket", "preview", "tidak-ada", "--out", str(out), "--config", str(EXAMPLE)]
    )
    assert done.exit_code != 0
    assert "tidak-ada" in str(done.exception)
    assert not out.exists()
