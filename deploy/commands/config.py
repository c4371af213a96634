"""`kentongan config check`: is this file good, and if not, which key on which line and why."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.catalogue.loader import load_catalogue
from kiosk.core.settings import load_site
from kiosk.core.toml import read
from sync.central.settings import load_central


@click.group()
def config() -> None:
    """Periksa berkas pengaturan."""


@config.command("check")
@config_option(SITE_CONFIG)
def check(config: Path) -> None:
    """Periksa pengaturan kiosk atau pusat, dan katalog yang disebutnya. Kode 1 bila ada yang salah.

    \b
    Contoh:
      kentongan config check --config /etc/kentongan/kentongan.toml
    """
    if any(line.strip().startswith("[central") for line in read(config).splitlines()):
        central = load_central(config)
        click.echo(f"{config}: baik. Pusat di {central.public_url}, broker {', '.join(central.brokers)}.")
        return
    settings = load_site(config)
    catalogue = load_catalogue(settings.paths.catalogue or settings.site.kind)
    click.echo(
        f"{config}: baik. {settings.device}, {settings.site.name}; katalog {settings.site.kind} dengan"
        f" {len(catalogue.services)} layanan; pusat {settings.sync.central_url}."
    )
