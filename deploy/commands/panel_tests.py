"""`kentongan panel tests`: when this box last tested itself, and whether the weekly drill is due."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from kiosk.core.clock import Moment, local_time
from kiosk.core.exercise import Exercise
from kiosk.core.settings import load_site
from kiosk.store.database import open_store
from kiosk.store.exercises import last_done
from kiosk.store.parts import parts


@click.command("tests")
@config_option(SITE_CONFIG)
def tests(config: Path) -> None:
    """Kapan kotak ini terakhir menguji diri, dan apakah latihan mingguan sudah waktunya.

    Uji harian berjalan sendiri. Latihan mingguan dimulai orang dengan panel drill, dan terhitung bila dijawab.

    \b
    Contoh:
      kentongan panel tests
    """
    settings = load_site(config)
    store = open_store(settings.database)
    try:
        offset_h = settings.site.utc_offset_h
        tested, drilled = (last_done(store, which) for which in (Exercise.DAILY_TEST, Exercise.WEEKLY_DRILL))
        told = {part.name: part.detail for part in parts(store)}.get("bridge", {})
    finally:
        store.close()
    click.echo(f"Uji harian terakhir:       {_when(tested, offset_h)}")
    click.echo(f"Latihan terakhir dijawab:  {_when(drilled, offset_h)}")
    due = told.get("drill_due")
    if due is None:
        click.echo("Kotak belum berkata apakah latihan sudah waktunya: apakah kentongan-bridge berjalan?")
    elif due:
        click.echo("Latihan mingguan sudah waktunya: mulai dengan kentongan panel drill.")
    else:
        click.echo("Latihan mingguan belum waktunya.")


def _when(done: Moment | None, utc_offset_h: int) -> str:
    if done is None:
        return "belum pernah"
    if not done.synchronised:
        return "pernah, tetapi jam saat itu tidak pasti"
    return f"{local_time(done.wall_ms, utc_offset_h):%d-%m-%Y pukul %H.%M}"
