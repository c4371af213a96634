"""Options that several commands share, and a stop event that SIGTERM and Ctrl-C set."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(default: str) -> Callable[[Command], Command]:
    """`--config FILE`."""
    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help="Berkas pengaturan (TOML).",
    )


def stop_on_signals() -> threading.Event:
    """An event that is set by SIGTERM (systemd) or SIGINT (Ctrl-C)."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
