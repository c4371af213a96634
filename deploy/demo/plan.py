"""Which processes make up a demo, machine by machine, each started with the same command as in production."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from deploy.demo import broker
from deploy.demo.addresses import Addresses
from deploy.demo.group import Command, Group
from deploy.demo.settings_files import DemoSettings
from deploy.demo.simulation import SITE

_PYTHON = sys.executable


def groups(settings: DemoSettings, addresses: Addresses, say: Callable[[str], None]) -> list[Group]:
    """In the order in which they are started; they end in the opposite one. Raises `NoBroker`."""
    folder = settings.folder / "broker"
    folder.mkdir(exist_ok=True)
    wire = Command("broker", tuple(broker.best_command(addresses.broker, folder)))
    return [
        Group("wire", [], [wire], settings.logs, say),
        _central(settings, say),
        _site(settings, say),
    ]


def _central(settings: DemoSettings, say: Callable[[str], None]) -> Group:
    config = ("--config", str(settings.central_toml))
    return Group(
        "central",
        prepare=[_kentongan("central-migrate", "central", "migrate", *config)],
        once=_enrol(settings, settings.central_folder),
        daemons=[
            _kentongan("central", "central", "serve", *config),
            _kentongan("ingest", "central", "ingest", *config),
        ],
        logs=settings.logs,
        say=say,
    )


def _site(settings: DemoSettings, say: Callable[[str], None]) -> Group:
    config = ("--config", str(settings.site_toml))
    return Group(
        SITE,
        prepare=[_kentongan("migrate", "migrate", *config)],
        once=_enrol(settings, settings.site_folder),
        daemons=[
            _kentongan("kiosk", "kiosk", "serve", *config),
            _kentongan("bridge", "bridge", "run", *config),
            _kentongan("sync", "sync", "run", *config),
        ],
        logs=settings.logs,
        say=say,
    )


def _kentongan(name: str, *arguments: str) -> Command:
    return Command(name, (_PYTHON, "-m", "deploy.cli", *arguments))


def _enrol(settings: DemoSettings, folder: Path) -> list[Command]:
    if settings.is_enrolled(folder):
        return []
    what = folder.name
    return [Command(f"enrol-{what}", (_PYTHON, "-m", "deploy.demo.enrolment", str(settings.folder), what))]
