"""The command `kentongan`: a table of its commands, and errors as words.

Commands are loaded only when they are called: a sync daemon on a Pi must not pay for the web server's imports, and the
daemons must not import one another.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from kiosk.core.errors import KentonganError

COMMANDS = {
    "demo": ("deploy.commands.demo:demo", "Jalankan seluruh sistem di mesin ini, dengan perangkat simulasi."),
    "migrate": ("deploy.commands.site:migrate", "Siapkan penyimpanan dan kunci kiosk ini."),
    "kiosk": ("deploy.commands.site:kiosk", "Layar warga, loket, papan dan pencetakan."),
    "bridge": ("deploy.commands.site:bridge", "Tombol, lampu dan sirene."),
    "sync": ("deploy.commands.site:sync", "Hubungan ke pusat."),
    "officer": ("deploy.commands.site:officer", "Petugas loket di kantor ini."),
    "central": ("deploy.commands.central:central", "Peladen pusat: posko, penerimaan, pendaftaran."),
    "hub": ("deploy.commands.hub:hub", "Beberapa kiosk dalam satu ruang: induk dan satelit."),
    "panel": ("deploy.commands.panel:panel", "Latihan pada kotak tombol, dan arti lampunya."),
    "config": ("deploy.commands.config:config", "Periksa berkas pengaturan."),
    "ticket": ("deploy.commands.ticket:ticket", "Gambar tiket seperti tercetak."),
}
SITE_CONFIG = "/etc/kentongan/kentongan.toml"
CENTRAL_CONFIG = "/etc/kentongan/central.toml"


class LazyGroup(click.Group):
    """A group whose commands are named in a table and imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Perintah"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kentongan")
def kentongan() -> None:
    """Kentongan: kiosk layanan kelurahan dan mal pelayanan publik, dengan kentongan digital.

    \b
    Contoh:
      kentongan demo
      kentongan config check --config /etc/kentongan/kentongan.toml
      kentongan kiosk serve --config /etc/kentongan/kentongan.toml
    """


def main(arguments: Sequence[str] | None = None) -> Any:
    """The entry point. Exit codes: 0 good, 1 found wrong, 2 used wrong."""
    try:
        return kentongan.main(args=list(arguments) if arguments is not None else None, prog_name="kentongan")
    except KentonganError as error:
        click.echo(f"kentongan: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
