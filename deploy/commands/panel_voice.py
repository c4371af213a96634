"""`kentongan panel voice`: what the loudspeaker of this box says of each stage, to be heard, kept or recorded."""

from __future__ import annotations

import time
from pathlib import Path

import click

from deploy.cli import SITE_CONFIG
from deploy.commands.options import config_option
from deploy.lessons import STAGES, lesson
from firmware_bridge.voice.engines import Clips, engine_of, remembering
from firmware_bridge.voice.player import ProcessPlayer, aplay_command
from firmware_bridge.voice.programme import told
from firmware_bridge.voice.utterance import all_clips
from kiosk.core.errors import KentonganError
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.core.settings import load_site
from kiosk.voice.sound import Sound, write_wav

LET_RING_S = 1.0  # what pipe and sound card still hold when the last sample is written
ENGINE_WORDS = {"clips": "rekaman", "espeak": "espeak-ng", "tones": "nada saja, tanpa kata-kata"}

pause = time.sleep


@click.command("voice")
@click.option("--list", "is_list", is_flag=True, help="Daftar rekaman yang dibutuhkan, dan mana yang belum ada.")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Tulis berkas WAV ke folder ini."
)
@config_option(SITE_CONFIG)
def voice(is_list: bool, folder: Path | None, config: Path) -> None:
    """Perdengarkan tiap tahap lewat pengeras suara kotak ini: nada, lalu kata-kata dari suara yang terpasang.

    \b
    Contoh:
      kentongan panel voice
      kentongan panel voice --to suara
      kentongan panel voice --list
    """
    settings = load_site(config).bridge.loudspeaker or LoudspeakerSettings()
    if is_list:
        _list(settings)
        return
    engine = engine_of(settings)
    click.echo(f"Suara: {ENGINE_WORDS[engine.name]}.")
    speak = remembering(engine)
    for stage in STAGES:
        said = lesson(stage)
        click.echo(said.message)
        sound = told(said.lamp, said.message, speak)
        if folder is None:
            _play(sound, settings.device)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{stage}.wav").write_bytes(write_wav(sound))


def _list(settings: LoudspeakerSettings) -> None:
    missing = Clips(Path(settings.clips_dir)).missing
    for clip in sorted(all_clips()):
        click.echo(f"{clip}.wav{'  belum ada' if clip in missing else ''}")


def _play(sound: Sound, device: str) -> None:
    player = ProcessPlayer(aplay_command(device))
    try:
        player.write(sound.samples)
        pause(LET_RING_S)
    except OSError as error:
        raise KentonganError(
            f"pengeras suara {device} tidak berbunyi: periksa aplay -L dan [bridge.loudspeaker]"
        ) from error
    finally:
        player.cut()
