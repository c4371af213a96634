"""`kentongan ticket preview`: the slip of a service as this printer would print it, as a picture.

The picture is read back from the very bytes, by the strict interpreter that the tests use: what it shows is what the
paper gets.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.core.settings import load_site

KINDS = {"ticket": "tiket", "request": "tanda terima permohonan", "complaint": "tanda terima aduan"}


@click.group()
def ticket() -> None:
    """Gambar tiket seperti tercetak."""


@ticket.command("preview")
@click.argument("service")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("ticket.png"), show_default=True)
@click.option("--kind", type=click.Choice(list(KINDS)), default="ticket", show_default=True, help="Lembar yang mana.")
@click.option("--language", default="id", show_default=True, help="Bahasa warga: id, en, jv, su atau min.")
@click.option("--paper", type=click.Choice(["80", "58"]), help="Lebar kertas dalam mm; tanpa ini menurut pengaturan.")
@click.option("--copy", type=click.IntRange(0, 99), default=0, help="Sebagai SALINAN nomor sekian.")
@config_option(SITE_CONFIG)
def preview(service: str, out: Path, kind: str, language: str, paper: str | None, copy: int, config: Path) -> None:
    """Simpan gambar PNG dari lembar layanan SERVICE, tanpa mencetak dan tanpa memakai nomor.

    \b
    Contoh:
      kentongan ticket preview usaha --out tiket.png
      kentongan ticket preview usaha --kind complaint --language en --paper 58
    """
    from kiosk.printing.paper import picture
    from kiosk.printing.slip import Slip, copy_of, render
    from kiosk.printing.words import LANGUAGES
    from kiosk.web.slip import example_receipt, example_slip

    if language not in LANGUAGES:
        raise click.BadParameter(f"pilih salah satu dari: {', '.join(LANGUAGES)}", param_hint="--language")
    settings = load_site(config)
    medium = settings.printer.medium
    if paper is not None:
        medium = msgspec.structs.replace(medium, width_dots=576 if paper == "80" else 384)
    slip: Slip
    if kind == "ticket":
        slip = example_slip(settings, service, language)
    else:
        slip = example_receipt(settings, service, "request" if kind == "request" else "complaint", language)
    job = render(slip, medium)
    picture(copy_of(job, copy, medium) if copy else job, medium.width_dots).save(out)
    click.echo(f"{out}: {KINDS[kind]}, {service}")
