"""The commands of a kiosk: migrate and its three daemons, each importing only what it runs."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TextIO

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option, stop_on_signals
from kiosk.core import logs
from kiosk.core.settings import load_site


@click.command()
@config_option(SITE_CONFIG)
def migrate(config: Path) -> None:
    """Buat atau perbarui penyimpanan dan kunci kiosk; tampilkan kunci publiknya.

    Aman dijalankan berulang kali, juga setelah listrik padam.

    \b
    Contoh:
      kentongan migrate --config /etc/kentongan/kentongan.toml
    """
    from kiosk.store.migrate import migrate as migrate_store
    from sync.keys import load_or_create, public_hex

    settings = load_site(config)
    version = migrate_store(settings.database, settings.device)
    key = load_or_create(settings.device_key)
    click.echo(f"{settings.device}  skema {version}  kunci publik {public_hex(key)}")


@click.group()
def kiosk() -> None:
    """Layar warga, loket, papan TV dan pencetakan."""


@kiosk.command("serve")
@config_option(SITE_CONFIG)
def kiosk_serve(config: Path) -> None:
    """Jalankan peladen web kiosk.

    \b
    Contoh:
      kentongan kiosk serve --config /etc/kentongan/kentongan.toml
    """
    logs.setup()
    # Where the central is installed too, peewee would load its PostgreSQL driver: 14 MB that a kiosk never uses.
    sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]  # how an import is told that there is none
    importlib.import_module("kiosk.web.serve").serve(load_site(config))


@kiosk.command("certificate")
@config_option(SITE_CONFIG)
def kiosk_certificate(config: Path) -> None:
    """Sidik jari sertifikat HTTPS kiosk ini, untuk dicocokkan di peramban petugas.

    \b
    Contoh:
      kentongan kiosk certificate --config /etc/kentongan/kentongan.toml
    """
    from kiosk.web.certificate import device_certificate, fingerprint

    settings = load_site(config)
    certificate, _ = device_certificate(settings.data_dir, settings.device, settings.kiosk.tls_names)
    click.echo(f"{certificate}\nSHA-256 {fingerprint(certificate)}")


@kiosk.command("office-key")
@config_option(SITE_CONFIG)
@click.option("--phrase-file", type=click.File("r"), help="Baca kata sandi dari berkas ini ('-': masukan baku).")
def kiosk_office_key(config: Path, phrase_file: TextIO | None) -> None:
    """Buat kunci kantor, yang membuka isian formulir warga setelah kata sandinya diketik.

    Tanpa kunci ini isian warga hanya bisa dibuka di pusat. Kata sandi tidak disimpan di mana pun.

    \b
    Contoh:
      kentongan kiosk office-key --config /etc/kentongan/kentongan.toml
    """
    from kiosk.sealing.office_key import make_office_key

    settings = load_site(config)
    if phrase_file is not None:
        phrase = phrase_file.readline().rstrip("\n")
    else:
        phrase = click.prompt("Kata sandi kunci kantor", hide_input=True, confirmation_prompt="Ketik sekali lagi")
    public = make_office_key(settings.office_key, phrase)
    click.echo(f"{settings.device}  kunci kantor {bytes(public).hex()}")


@click.group()
def bridge() -> None:
    """Tombol, lampu dan sirene."""


@bridge.command("run")
@config_option(SITE_CONFIG)
def bridge_run(config: Path) -> None:
    """Jalankan jembatan perangkat keras.

    \b
    Contoh:
      kentongan bridge run --config /etc/kentongan/kentongan.toml
    """
    logs.setup()
    importlib.import_module("firmware_bridge.daemon").run(load_site(config), stop_on_signals())


@click.group()
def sync() -> None:
    """Hubungan ke pusat lewat MQTT."""


@sync.command("run")
@config_option(SITE_CONFIG)
def sync_run(config: Path) -> None:
    """Jalankan pengirim ke pusat.

    \b
    Contoh:
      kentongan sync run --config /etc/kentongan/kentongan.toml
    """
    logs.setup()
    importlib.import_module("sync.agent.daemon").run(load_site(config), stop_on_signals())


@click.group()
def officer() -> None:
    """Petugas loket di kantor ini."""


@officer.command("add")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["officer", "supervisor", "technician"]), default="officer", show_default=True
)
@click.option("--pin", prompt="PIN (4 sampai 8 angka)", hide_input=True, help="Ditanyakan bila tidak diberikan.")
@config_option(SITE_CONFIG)
def officer_add(name: str, role: str, pin: str, config: Path) -> None:
    """Tambah petugas, atau beri PIN baru.

    \b
    Contoh:
      kentongan officer add "Siti Aminah" --role supervisor
    """
    from kiosk.store.database import open_store
    from kiosk.store.officers import add_officer

    if not (4 <= len(pin) <= 8 and pin.isdigit()):
        raise click.BadParameter("PIN terdiri dari 4 sampai 8 angka", param_hint="--pin")
    store = open_store(load_site(config).database)
    try:
        add_officer(store, name, pin, role)
    finally:
        store.close()
    click.echo(f"Petugas {name} ({role}) siap masuk.")
