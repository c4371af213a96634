"""`kentongan central ca …`: thin, each one step of letting somebody in or keeping somebody out.

An authority on a machine without a network works too: `request` runs where the key shall stay, `device` where the
authority is, and only the request and the certificate travel. `server` and `worker` make key and certificate at once,
for a broker and a central on the authority's machine. What is done twice is a renewal.

What needs `cryptography` is imported when called: the daemons of the central share this group of commands.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.broker.options import FOLDER, out_option, user_option

_FILE = click.Path(dir_okay=False, path_type=Path)
_CA = click.option(
    "--ca",
    type=FOLDER,
    default="/var/lib/kentongan-ca",
    show_default=True,
    help="Folder otoritas. Cadangkan dan jaga: siapa memegangnya dapat membuat kiosk palsu.",
)


@click.group("ca")
def authority() -> None:
    """Otoritas sertifikat: siapa boleh tersambung ke broker, dan dengan nama apa."""


@authority.command("init")
@click.option("--name", default="Kentongan", show_default=True, help="Nama otoritas, misalnya nama kota.")
@_CA
def init(name: str, ca: Path) -> None:
    """Buat otoritas baru. Yang sudah ada tidak pernah diganti.

    \b
    Contoh:
      kentongan central ca init --name "Kentongan Kota Contoh"
    """
    from sync.authority import Authority

    click.echo(f"otoritas siap: {Authority.create(ca, name, _now()).certificate_file}")


@authority.command("request")
@click.argument("device")
@click.option(
    "--key", type=_FILE, default="/var/lib/kentongan/tls.key", show_default=True, help="Dibuat bila belum ada."
)
@click.option("--out", type=_FILE, required=True, help="Berkas permintaan; bukan rahasia.")
@user_option("kentongan-sync")
def request(device: str, key: Path, out: Path, user: str) -> None:
    """Di kiosk: buat kunci TLS dan permintaan sertifikat untuk DEVICE. Kuncinya tidak pernah meninggalkan kiosk.

    \b
    Contoh:
      kentongan central ca request 31.74.05.1001-k1 --out /media/usb/31.74.05.1001-k1.csr
    """
    from deploy.broker.folder import Owner
    from sync.certificates import new_request
    from sync.private_files import write_private

    write_private(out, new_request(Owner(user).key(key), device))
    click.echo(f"{out}: bawa ke otoritas, lalu `kentongan central ca device {device}`")


@authority.command("device")
@click.argument("device")
@click.option("--request", "request_file", type=_FILE, required=True, help="Berkas dari `ca request` di kiosk itu.")
@click.option("--out", type=_FILE, required=True, help="Berkas sertifikat, untuk tls_certificate di kiosk.")
@_CA
def device(device: str, request_file: Path, out: Path, ca: Path) -> None:
    """Tanda tangani permintaan kiosk DEVICE, baru atau perpanjangan; juga bila yang lama sudah lewat waktu.

    \b
    Contoh:
      kentongan central ca device 31.74.05.1001-k1 --request 31.74.05.1001-k1.csr --out 31.74.05.1001-k1.pem
    """
    from deploy.broker.folder import read
    from sync.authority import Authority
    from sync.private_files import write_private

    held = Authority(ca)
    write_private(out, held.sign_device(read(request_file), device, _now()))
    click.echo(f"{out}: pasang di kiosk sebagai tls_certificate, dan {held.certificate_file} sebagai tls_ca")


@authority.command("worker")
@click.argument("name")
@out_option
@user_option("kentongan-central")
@_CA
def worker(name: str, out: Path, user: str, ca: Path) -> None:
    """Beri penerimaan pusat bernama NAME kunci dan sertifikat, baru atau perpanjangan.

    \b
    Contoh:
      kentongan central ca worker penerima --out /etc/kentongan/broker
    """
    from deploy.broker.folder import Owner, read
    from sync.authority import Authority
    from sync.certificates import new_request

    held, reader = Authority(ca), Owner(user)
    certificate = held.sign_worker(new_request(reader.key(out / f"{name}.key"), name), name, _now())
    reader.receive(out, {f"{name}.pem": certificate, "ca.pem": read(held.certificate_file)})
    click.echo(f"{out / name}.pem: tulis di central.toml sebagai tls_certificate")


@authority.command("server")
@click.argument("names", nargs=-1, required=True)
@out_option
@user_option("mosquitto")
@_CA
def server(names: tuple[str, ...], out: Path, user: str, ca: Path) -> None:
    """Beri broker kunci dan sertifikat, baru atau perpanjangan.

    NAMES adalah semua nama dan alamat yang dihubungi kiosk dan pusat.

    \b
    Contoh:
      kentongan central ca server broker.kota.example 10.20.0.5 --out /etc/mosquitto/kentongan
    """
    from deploy.broker.folder import Owner, read
    from sync.authority import Authority
    from sync.certificates import new_request

    held, reader = Authority(ca), Owner(user)
    certificate = held.sign_server(new_request(reader.key(out / "server.key"), names[0]), names, _now())
    trust = {"ca.pem": read(held.certificate_file), "crl.pem": read(held.revocations_file)}
    reader.receive(out, {"server.pem": certificate, **trust})
    click.echo(f"{out}: siap untuk `kentongan central broker-config --out {out}`")


@authority.command("revoke")
@click.argument("name")
@click.option("--broker", type=FOLDER, help="Folder broker di mesin ini; daftarnya langsung disalin ke sana.")
@user_option("mosquitto")
@_CA
def revoke(name: str, broker: Path | None, user: str, ca: Path) -> None:
    """Cabut semua sertifikat NAME (kiosk atau penerimaan), misalnya karena kiosknya dicuri.

    \b
    Contoh:
      kentongan central ca revoke 31.74.05.1001-k1 --broker /etc/mosquitto/kentongan
    """
    from deploy.broker.folder import Owner, read
    from sync.authority import Authority

    held, reader = Authority(ca), Owner(user) if broker is not None else None
    count = len(held.revoke(name, _now()))
    click.echo(f"{name}: {count} sertifikat dicabut; daftarnya {held.revocations_file}")
    if broker is not None and reader is not None:
        reader.receive(broker, {"crl.pem": read(held.revocations_file)})
    click.echo("Begitu daftar itu ada di folder broker sebagai crl.pem:")
    click.echo("  systemctl reload mosquitto   menolak sambungan baru darinya")
    click.echo("  systemctl restart mosquitto  juga memutus yang sedang tersambung; kiosk lain tersambung lagi sendiri")


@authority.command("list")
@_CA
def show(ca: Path) -> None:
    """Sertifikat setiap nama dan sampai kapan; kode keluar 1 bila ada yang harus diperpanjang.

    \b
    Contoh:
      kentongan central ca list
    """
    from deploy.broker.folder import read
    from sync.authority import Authority, current
    from sync.certificates import facts

    held, now = Authority(ca), _now()
    rows = [(each.facts, each.revoked is not None) for each in current(held.issued())]
    rows.insert(0, (facts(read(held.certificate_file)), False))
    for fact, is_revoked in rows:
        state = "dicabut" if is_revoked else "perpanjang" if fact.is_due(now) else "baik"
        click.echo(f"{state:<10}  {fact.ends:%Y-%m-%d}  {fact.name}")
    sys.exit(int(any(fact.is_due(now) and not is_revoked for fact, is_revoked in rows)))


def _now() -> datetime:
    return datetime.now(UTC)
