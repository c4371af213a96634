"""The commands of a hall with several kiosks: which satellites a hub has, and how a kiosk becomes one.

The key travels as a file, by hand (a USB stick), never over the network and never on a command line.
"""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.core.errors import BadInput
from kiosk.core.ids import device_id
from kiosk.core.settings import SiteSettings, load_site


@click.group()
def hub() -> None:
    """Beberapa kiosk dalam satu ruang: satu induk, satelit-satelitnya."""


@hub.command("add")
@click.argument("kiosk")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Berkas kunci yang dibawa ke satelit, misalnya di stik USB.",
)
@config_option(SITE_CONFIG)
def hub_add(kiosk: str, out: Path, config: Path) -> None:
    """Di induk: daftarkan kiosk lain di kantor ini sebagai satelit, dan tulis kuncinya.

    \b
    Contoh:
      kentongan hub add k2 --out /media/usb/k2.key
    """
    from kiosk.web.certificate import CERTIFICATE, fingerprint
    from kiosk.web.hall.membership import Satellites, write_membership

    settings = _hub(config)
    pem = settings.data_dir / CERTIFICATE
    if not settings.kiosk.tls_port or not pem.exists():
        raise BadInput(f"{config}: satelit memakai HTTPS: isi tls_port di [kiosk], lalu mulai layanan kiosk dulu.")
    certificate = fingerprint(pem).replace(":", "").lower()
    satellite = device_id(settings.site.code, kiosk)
    made = Satellites(settings.satellite_keys).add(settings.device, satellite, certificate)
    write_membership(out, made)
    click.echo(f"{satellite} terdaftar, tanda nomornya {made.mark}.")
    click.echo(f"Bawa {out} ke kiosk itu, pasang dengan `kentongan hub join`, lalu hapus dari media itu.")


@hub.command("list")
@config_option(SITE_CONFIG)
def hub_list(config: Path) -> None:
    """Di induk: satelit yang terdaftar, masing-masing dengan tanda nomornya.

    \b
    Contoh:
      kentongan hub list
    """
    from kiosk.web.hall.membership import Satellites

    for each in Satellites(_hub(config).satellite_keys).all():
        click.echo(f"{each.satellite}  tanda {each.mark}")


@hub.command("remove")
@click.argument("kiosk")
@config_option(SITE_CONFIG)
def hub_remove(kiosk: str, config: Path) -> None:
    """Di induk: satelit ini tidak dijawab lagi, misalnya karena kartunya hilang.

    \b
    Contoh:
      kentongan hub remove k2
    """
    from kiosk.web.hall.membership import Satellites

    settings = _hub(config)
    satellite = device_id(settings.site.code, kiosk)
    Satellites(settings.satellite_keys).remove(satellite)
    click.echo(f"{satellite} tidak dijawab lagi. Nomor yang sudah digabung tetap di antrean.")


@hub.command("join")
@click.argument("key", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@config_option(SITE_CONFIG)
def hub_join(key: Path, config: Path) -> None:
    """Di satelit: pasang kunci dari induk.

    \b
    Contoh:
      kentongan hub join /media/usb/k2.key
    """
    from kiosk.web.hall.membership import read_membership, write_membership

    settings, held = load_site(config), read_membership(key)
    if held.satellite != settings.device:
        raise BadInput(f"{key} dibuat untuk {held.satellite}, kiosk ini {settings.device}")
    write_membership(settings.hub_key, held)
    click.echo(f"Kunci terpasang di {settings.hub_key}. Induknya {held.hub}; jalankan ulang layanan kiosk.")


def _hub(config: Path) -> SiteSettings:
    settings = load_site(config)
    if not settings.hall.is_hub:
        raise BadInput(f'{config}: kiosk ini bukan induk. Tulis role = "hub" di bawah [hall] dulu.')
    return settings
