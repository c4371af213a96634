"""`kentongan central broker-config`: writes what `deploy.broker.mosquitto` generates, beside the certificates."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.broker.options import out_option, user_option


@click.command("broker-config")
@out_option
@click.option("--worker", "workers", multiple=True, required=True, help="Nama dari `ca worker`; boleh berulang.")
@click.option("--devices", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="Kiosk terbanyak.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8883, show_default=True)
@click.option("--address", default="", help="Alamat yang didengarkan; kosong untuk semua.")
@user_option("mosquitto")
def broker_config(out: Path, workers: tuple[str, ...], devices: int, port: int, address: str, user: str) -> None:
    """Tulis pengaturan dan izin Mosquitto di folder tempat `ca server` menaruh sertifikatnya.

    \b
    Contoh:
      kentongan central broker-config --out /etc/mosquitto/kentongan --worker penerima --devices 500
    """
    from deploy.broker.folder import Owner, missing
    from deploy.broker.mosquitto import BrokerPlan, permissions, settings, unit_drop_in

    plan = BrokerPlan(out.resolve(), workers, devices, port, address, user)
    texts = {"mosquitto.conf": settings(plan), "acl": permissions(plan), "kentongan.conf": unit_drop_in(plan)}
    Owner(user).receive(plan.folder, {name: text.encode() for name, text in texts.items()})
    for name in missing(plan.folder):
        click.echo(f"belum ada {plan.folder / name}: buat dengan `kentongan central ca server`", err=True)
    click.echo("Agar mosquitto.service memakainya, salin kentongan.conf ke /etc/systemd/system/mosquitto.service.d/,")
    click.echo("lalu systemctl daemon-reload dan systemctl restart mosquitto.")
