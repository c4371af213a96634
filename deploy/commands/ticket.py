"""`kentongan ticket preview`: the ticket of a service as this printer would print it, as a picture.

The picture is read back from the very bytes, by the strict interpreter that the tests use: what it shows is what the
paper gets.
"""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.core.settings import load_site


@click.group()
def ticket() -> None:
    """Gambar tiket seperti tercetak."""


@ticket.command("preview")
@click.argument("service")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("ticket.png"), show_default=True)
@config_option(SITE_CONFIG)
def preview(service: str, out: Path, config: Path) -> None:
    """Simpan gambar PNG dari tiket layanan SERVICE, tanpa mencetak dan tanpa memakai nomor.

    \b
    Contoh:
      kentongan ticket preview surat-keterangan-usaha --out tiket.png
    """
    from kiosk.printing.layout import render
    from kiosk.printing.paper import picture
    from kiosk.web.slip import example_slip

    settings = load_site(config)
    slip = example_slip(settings, service)
    picture(render(slip), slip.paper_width_dots).save(out)
    click.echo(f"{out}: tiket {slip.service_name}")
