"""`kentongan config check`: is this file good, and if not, which key on which line and why."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.catalogue.loader import load_catalogue
from kiosk.core.ladder_document import read_ladder
from kiosk.core.settings import load_site
from kiosk.core.toml import read
from sync.central.settings import load_central


@click.group()
def config() -> None:
    """Periksa berkas pengaturan."""


@config.command("check")
@config_option(SITE_CONFIG)
def check(config: Path) -> None:
    """Periksa pengaturan kiosk atau pusat dengan katalognya, atau tangga eskalasi. Kode 1 bila ada yang salah.

    \b
    Contoh:
      kentongan config check --config /etc/kentongan/kentongan.toml
      kentongan config check --config tangga.toml
    """
    lines = [line.strip() for line in read(config).splitlines()]
    if any(line.startswith("[[rungs]]") for line in lines):
        ladder = read_ladder(config.read_bytes(), str(config))
        answering = sum(contact.acknowledges for contact in ladder.contacts)
        click.echo(
            f"{config}: baik. Tangga bertanggal {ladder.dated} dengan {len(ladder.rungs)} anak tangga dan"
            f" {len(ladder.contacts)} kontak, {answering} di antaranya boleh menjawab dengan SMS."
        )
        return
    if any(line.startswith("[central") for line in lines):
        central = load_central(config)
        click.echo(f"{config}: baik. Pusat di {central.public_url}, broker {', '.join(central.brokers)}.")
        return
    settings = load_site(config)
    catalogue = load_catalogue(settings.paths.catalogue or settings.site.kind)
    click.echo(
        f"{config}: baik. {settings.device}, {settings.site.name}; katalog {settings.site.kind} dengan"
        f" {len(catalogue.services)} layanan; pusat {settings.sync.central_url}."
    )
