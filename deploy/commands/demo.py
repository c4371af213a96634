"""`kentongan demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True
)
@click.option(
    "--port",
    type=click.IntRange(1, 65_000),
    default=8080,
    show_default=True,
    help="Halaman depan; bagian lain memakai port sesudahnya.",
)
def demo(directory: Path, port: int) -> None:
    """Jalankan seluruh sistem di mesin ini: kiosk, tombol, broker, pusat, dan kotak simulasi.

    Keadaan disimpan di --dir dan diteruskan lain kali. Ctrl-C mengakhirinya.

    \b
    Contoh:
      kentongan demo --port 9000 --dir /tmp/demo
    """
    from deploy.demo import run

    sys.exit(run(directory, port))
