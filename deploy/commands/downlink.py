"""What the central tells kiosks, from the command line: publish and take back documents, send a command.

The same acts as in the console, for scripts and for a central whose console is down; each is in the audit log under
the name given.
"""

from __future__ import annotations

import getpass
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from deploy.cli import CENTRAL_CONFIG
from deploy.commands.options import config_option
from kiosk.core.errors import BadInput
from sync.central.settings import load_central
from sync.central.store import CentralStore, open_central

_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_ASK_EVERY_S = 0.2

officer_option = click.option("--officer", default=getpass.getuser, help="Atas nama siapa; tanpa ini, pengguna sistem.")
scope_option = click.option(
    "--scope", required=True, help="nation, province:31, city:31.74, site:31.74.05.1001 atau device:31.74.05.1001-k1."
)


@contextmanager
def _opened(config: Path) -> Iterator[CentralStore]:
    store = open_central(load_central(config).database)
    try:
        yield store
    finally:
        store.close()


def _duration_s(_: click.Context, __: click.Parameter, text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None:
        raise click.BadParameter("tulis angka dan satuan s, m, h atau d, misalnya 30m atau 1h")
    return int(found[1]) * _UNITS_S[found[2]]


@click.command("publish")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@scope_option
@officer_option
@config_option(CENTRAL_CONFIG)
def publish(name: str, file: Path, scope: str, officer: str, config: Path) -> None:
    """Terbitkan dokumen NAME dari FILE untuk kiosk di satu cakupan; yang paling khusus berlaku.

    Tangga eskalasi (ladder) diperiksa dahulu dan tidak terbit bila salah.

    \b
    Contoh:
      kentongan central publish news berita.toml --scope city:31.74
      kentongan central publish ladder tangga.toml --scope site:31.74.05.1001
    """
    with _opened(config) as store:
        head = store.downlink.publish_document(scope, name, file.read_bytes(), officer, str(file))
    click.echo(f"{name} versi {head.version}, {head.size_bytes} byte, SHA-256 {head.sha256[:16]}… berlaku di {scope}.")


@click.command("roll-back")
@click.argument("name")
@scope_option
@officer_option
@config_option(CENTRAL_CONFIG)
def roll_back(name: str, scope: str, officer: str, config: Path) -> None:
    """Kembalikan dokumen NAME di satu cakupan ke versi sebelumnya.

    \b
    Contoh:
      kentongan central roll-back news --scope city:31.74
    """
    with _opened(config) as store:
        head = store.downlink.roll_back(scope, name, officer)
    if head is None:
        click.echo(f"{name} tidak lagi diatur di {scope}: versi dari cakupan yang lebih luas berlaku.")
    else:
        click.echo(f"{name} versi {head.version} berlaku lagi di {scope}.")


@click.command("command")
@click.argument("device")
@click.argument("name")
@click.option("--arguments", default="{}", show_default=True, help="Objek JSON.")
@click.option("--expires-in", default="1h", show_default=True, callback=_duration_s, help="Misalnya 30m, 1h atau 2d.")
@click.option("--wait", default="0s", callback=_duration_s, help="Tunggu hasilnya paling lama sekian, lalu tampilkan.")
@officer_option
@config_option(CENTRAL_CONFIG)
def command(device: str, name: str, arguments: str, expires_in: int, wait: int, officer: str, config: Path) -> None:
    """Kirim perintah NAME (report, resend) ke kiosk DEVICE; dijalankan paling banyak sekali.

    \b
    Contoh:
      kentongan central command 31.74.05.1001-k1 report --expires-in 1h --wait 30s
      kentongan central command 31.74.05.1001-k1 resend --arguments '{"lane":"service","from_seq":1}'
    """
    try:
        taken = msgspec.json.decode(arguments, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise click.BadParameter(f"bukan objek JSON: {error}", param_hint="--arguments") from error
    with _opened(config) as store:
        sent = store.downlink.send_command(device, name, taken, store.now_ms() + expires_in * 1_000, officer)
        click.echo(f"perintah {sent} menunggu {device}.")
        until_s = time.monotonic() + wait
        while (found := store.downlink.command(sent)).ok is None and time.monotonic() < until_s:
            time.sleep(_ASK_EVERY_S)
    if found.ok:
        click.echo(msgspec.json.format(msgspec.json.encode(found.result), indent=2).decode())
    elif found.ok is False:
        raise BadInput(f"{device} menjawab: {found.why}")
    elif wait:
        raise BadInput(f"{device} belum menjawab; hasilnya akan tersimpan di pusat")
