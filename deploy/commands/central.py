"""The commands of the central: migrate, serve, ingest, and letting devices, officers and programs in."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.broker.authority_command import authority
from deploy.broker.config_command import broker_config
from deploy.cli import CENTRAL_CONFIG
from deploy.commands.downlink import command, publish, roll_back
from deploy.commands.options import config_option, stop_on_signals
from kiosk.core import logs
from sync.central.settings import load_central


@click.group()
def central() -> None:
    """Peladen pusat."""


central.add_command(authority)
central.add_command(broker_config)


@central.command("migrate")
@config_option(CENTRAL_CONFIG)
def central_migrate(config: Path) -> None:
    """Siapkan basis data dan kunci pusat; tampilkan kunci publik yang dipasang di kiosk.

    \b
    Contoh:
      kentongan central migrate --config /etc/kentongan/central.toml
    """
    from sync.central.store import migrate
    from sync.keys import load_or_create, public_hex

    settings = load_central(config)
    migrate(settings.database)
    click.echo(f"kunci publik pusat {public_hex(load_or_create(Path(settings.signing_key)))}")


@central.command("serve")
@config_option(CENTRAL_CONFIG)
def central_serve(config: Path) -> None:
    """Jalankan posko, API dan halaman lacak.

    \b
    Contoh:
      kentongan central serve --config /etc/kentongan/central.toml
    """
    from sync.central.serve import serve

    logs.setup()
    serve(load_central(config))


@central.command("ingest")
@click.option("--shards", default="0-63", show_default=True, help="Pecahan yang dikerjakan, misalnya 0-31 atau 0-7,40.")
@config_option(CENTRAL_CONFIG)
def central_ingest(shards: str, config: Path) -> None:
    """Terima dari broker, simpan, lalu akui.

    \b
    Contoh:
      kentongan central ingest --shards 0-31 --config /etc/kentongan/central.toml
    """
    from sync.central.ingest.consumer import parse_broker
    from sync.central.ingest.worker import parse_shards, run
    from sync.central.store import open_central
    from sync.keys import load
    from sync.tls import TlsFiles

    logs.setup()
    settings = load_central(config)
    try:
        mine = parse_shards(shards)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--shards") from error
    store = open_central(settings.database)
    try:
        files = TlsFiles(settings.tls_ca, settings.tls_certificate, settings.tls_key)
        brokers = [parse_broker(address, files) for address in settings.brokers]
        run(store, load(Path(settings.signing_key)), brokers, mine, stop_on_signals(), settings.hellos_per_s)
    finally:
        store.close()


@central.command("enrol")
@click.argument("device")
@click.argument("public_key")
@click.option("--name", required=True, help="Nama kantor.")
@click.option("--address", required=True)
@click.option("--contact", default="", help="Siapa yang dihubungi, misalnya nomor telepon kantor.")
@click.option("--latitude", type=click.FloatRange(-11, 6))
@click.option("--longitude", type=click.FloatRange(95, 141))
@click.option("--utc-offset", type=click.IntRange(7, 9), default=7, show_default=True, help="WIB 7, WITA 8, WIT 9.")
@config_option(CENTRAL_CONFIG)
def central_enrol(
    device: str,
    public_key: str,
    name: str,
    address: str,
    contact: str,
    latitude: float | None,
    longitude: float | None,
    utc_offset: int,
    config: Path,
) -> None:
    """Daftarkan kiosk DEVICE dengan PUBLIC_KEY yang ditampilkan `kentongan migrate` di kiosk itu.

    \b
    Contoh:
      kentongan central enrol 31.74.05.1001-k1 9f2c… --name "Kelurahan Pulo" --address "Jl. Puri 1"
    """
    from sync.central.enrol import enrol_device

    enrol_device(
        load_central(config),
        device,
        public_key,
        name=name,
        address=address,
        contact=contact,
        latitude=latitude,
        longitude=longitude,
        utc_offset_h=utc_offset,
    )
    click.echo(f"{device} terdaftar.")


@central.command("officer")
@click.argument("name")
@click.option("--post", help="Nama posko; tanpa ini, posko dari pengaturan.")
@click.option("--password", prompt="Kata sandi", hide_input=True, confirmation_prompt=True)
@config_option(CENTRAL_CONFIG)
def central_officer(name: str, post: str | None, password: str, config: Path) -> None:
    """Tambah petugas posko, atau beri kata sandi baru.

    \b
    Contoh:
      kentongan central officer "Briptu Rina" --post "Polsek Cilandak"
    """
    from sync.central.enrol import add_officer

    add_officer(load_central(config), name, password, post)
    click.echo(f"Petugas {name} siap masuk.")


@central.command("token")
@click.argument("label")
@config_option(CENTRAL_CONFIG)
def central_token(label: str, config: Path) -> None:
    """Buat token API untuk sistem lain; hanya ditampilkan sekali.

    \b
    Contoh:
      kentongan central token "Dasbor kota"
    """
    from sync.central.enrol import new_token

    click.echo(new_token(load_central(config), label))


for each in (publish, roll_back, command):
    central.add_command(each)
