"""`kentongan panel`: training at the box. Drills on a real one, and what each of its signs means.

A drill goes the whole way of an alert, marked as one everywhere; it is begun by a row, as everything is, so lamp, siren
and paths are the real ones. Nothing here can raise or cancel a real alert: that takes a hand on the button or screen.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

import click
import msgspec

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from deploy.commands.panel_tests import tests
from deploy.commands.panel_voice import voice
from deploy.demo.demo_file import read_demo_file
from deploy.lessons import STAGES, lesson
from kiosk.core.alarm_words import AlarmStage, shown
from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.errors import BadInput, Conflict, KentonganError
from kiosk.core.settings import load_site
from kiosk.store.alerts import advance, find, open_alerts, raise_alert
from kiosk.store.database import Store, open_store

SOURCE = "panel"
_LOOK_EVERY_S = 0.1
_DRILLS = tuple(code.value for code in AlertCode if code is not AlertCode.SILENT)
_HTTP_TIMEOUT_S = 5.0

demo_option = click.option(
    "--demo",
    "demo_folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".demo",
    show_default=True,
    help="Folder demo yang sedang berjalan.",
)


pause = time.sleep


@click.group()
def panel() -> None:
    """Latihan pada kotak tombol: latihan lengkap, dan arti lampu serta bunyinya."""


panel.add_command(voice)
panel.add_command(tests)


@panel.command("drill")
@click.option("--code", type=click.Choice(_DRILLS), default=AlertCode.PANIC.value, show_default=True)
@click.option("--follow", type=click.FloatRange(0, 3600), default=120.0, show_default=True, help="Ikuti sekian detik.")
@config_option(SITE_CONFIG)
def drill(code: str, follow: float, config: Path) -> None:
    """Mulai latihan di kotak ini: lampu, sirene, posko dan SMS seperti sungguhan, bertanda LATIHAN.

    Yang menjawab tetap orang: posko, atau kontak dengan SMS. Tahapnya ditulis di sini satu per satu.

    \b
    Contoh:
      kentongan panel drill --code fire --follow 60
    """
    store = _opened(config)
    try:
        if any(alert.drill for alert in open_alerts(store)):
            raise Conflict("masih ada latihan terbuka: tunggu posko menutupnya, atau batalkan dengan panel cancel")
        alert = raise_alert(store, AlertCode(code), SOURCE, drill=True)
        _follow(store, alert.id, follow, load_site(config).site.utc_offset_h)
    finally:
        store.close()


@panel.command("cancel")
@config_option(SITE_CONFIG)
def cancel(config: Path) -> None:
    """Minta pembatalan latihan yang terbuka di kotak ini; posko yang menutupnya. Panggilan sungguhan tidak disentuh.

    \b
    Contoh:
      kentongan panel cancel --config /etc/kentongan/kentongan.toml
    """
    store = _opened(config)
    try:
        drills = [alert for alert in open_alerts(store) if alert.drill]
        for alert in drills:
            advance(store, alert.id, AlertAction.CANCEL, SOURCE)
    finally:
        store.close()
    click.echo(f"{len(drills)} latihan diminta batal." if drills else "Tidak ada latihan terbuka.")


@panel.command("explain")
@click.option("--play", is_flag=True, help="Peragakan tiap tahap pada /sim/ dari demo yang sedang berjalan.")
@click.option("--seconds", type=click.FloatRange(1, 30), default=6.0, show_default=True, help="Lama tiap peragaan.")
@demo_option
def explain(play: bool, seconds: float, demo_folder: Path) -> None:
    """Jelaskan tiap tahap: apa kata lampu, bunyi dan tulisan, dan apa yang sudah terbukti.

    \b
    Contoh:
      kentongan panel explain
      kentongan panel explain --play --seconds 8
    """
    for stage in STAGES:
        said = lesson(stage)
        click.echo(f"{click.style(said.message, bold=True)}\n  lampu: {said.light}\n  bunyi: {said.sound}")
        click.echo(f"  arti:  {said.means}\n")
        if play:
            _post(demo_folder, "lesson", {"stage": stage, "for_s": seconds})
            pause(seconds)


@panel.command("press")
@click.option("--input", "name", default="panic", show_default=True, help="Nama tombol.")
@click.option("--hold", type=click.FloatRange(0.01, 30), default=1.2, show_default=True, help="Berapa detik ditahan.")
@demo_option
def press(name: str, hold: float, demo_folder: Path) -> None:
    """Tekan tombol kotak simulasi dari demo yang sedang berjalan. Kotak sungguhan hanya ditekan dengan tangan.

    \b
    Contoh:
      kentongan panel press --hold 1.2
    """
    _post(demo_folder, "button", {"input": name, "hold_s": hold})
    click.echo(f"Tombol {name} ditahan {hold:g} detik.")


def _opened(config: Path) -> Store:
    return open_store(load_site(config).database)


def _follow(store: Store, alert_id: str, for_s: float, utc_offset_h: int) -> None:
    """Writes a line for each stage, until the drill is closed or the time is over."""
    until_s, before = time.monotonic() + for_s, None
    while True:
        alert = find(store, alert_id)
        seen = shown(alert, store.now().wall_ms, utc_offset_h)
        if seen.words != before:
            light = lesson(seen.stage).light if seen.stage in STAGES else "padam"
            click.echo(f"{seen.words}  [lampu {light}]")
            before = seen.words
        if seen.stage is AlarmStage.CLOSED or time.monotonic() >= until_s:
            return
        pause(_LOOK_EVERY_S)


def _post(folder: Path, what: str, body: dict[str, object]) -> None:
    """One wish to the simulated box. Raises KentonganError in words when there is none or it refuses."""
    try:
        url = read_demo_file(folder).sim
    except (FileNotFoundError, msgspec.MsgspecError) as error:
        raise BadInput(f"tidak ada demo di {folder}: jalankan kentongan demo, atau pilih --demo") from error
    request = urllib.request.Request(f"{url}{what}", msgspec.json.encode(body), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_HTTP_TIMEOUT_S):
            return
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise Conflict(_detail(refusal.read())) from refusal
    except OSError as error:
        raise KentonganError(f"demo di {folder} tidak menjawab: apakah masih berjalan?") from error


def _detail(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body, type=dict[str, object]).get("detail", ""))
    except msgspec.DecodeError:
        return "kotak simulasi menolaknya"
