"""Options that the broker's commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from deploy.commands.options import Command

FOLDER = click.Path(file_okay=False, path_type=Path)


def user_option(default: str) -> Callable[[Command], Command]:
    """`--user NAME`: who is given the files."""
    words = "Pengguna sistem yang akan membacanya, bila dijalankan sebagai root."
    return click.option("--user", default=default, show_default=True, help=words)


def out_option(command: Command) -> Command:
    """`--out FOLDER`."""
    return click.option("--out", type=FOLDER, required=True, help="Folder tujuan; dibuat bila belum ada.")(command)
