"""`kentongan ticket preview` draws the very ticket that a resident would get."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from pyzbar.pyzbar import decode

from deploy.cli import kentongan
from deploy.commands.ticket import KINDS

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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["id", "en", "jv", "su", "min"])
def test_every_slip_has_a_picture_in_every_language(tmp_path: Path, kind: str, language: str) -> None:
    out = tmp_path / "slip.png"
    wanted = ["--kind", kind, "--language", language, "--paper", "58", "--copy", "2"]
    done = CliRunner().invoke(
        kentongan, ["ticket", "preview", "usaha", *wanted, "--out", str(out), "--config", str(EXAMPLE)]
    )
    assert done.exit_code == 0, done.output
    assert KINDS[kind] in done.output
    with Image.open(out) as picture:
        [code] = decode(picture.convert("L"))
        assert picture.width < 520  # 58 mm of paper
    assert code.data.decode().endswith("/lacak/K7F-234-QX3")


def test_a_language_that_the_paper_does_not_speak_is_refused_in_words(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        kentongan, ["ticket", "preview", "usaha", "--language", "fr", "--config", str(EXAMPLE)], catch_exceptions=False
    )
    assert done.exit_code == 2
    assert "id, en, jv, su, min" in done.output
