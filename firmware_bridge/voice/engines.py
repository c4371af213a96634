"""From the shown line to sound: recorded clips where a whole set is installed, else espeak-ng, else none (tones alone).

Which of them a machine has is looked up once. A clip that is missing or a synthesiser that fails costs the words and
never the tones: the stage is known by those alone. Rendering takes 50 ms and more, so only the loudspeaker's own thread
asks. What was said is kept, for the few sentences of an alert are said again and again.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

from firmware_bridge.voice.utterance import all_clips, clips, spoken
from kiosk.core.errors import BadInput
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.voice.sound import RATE_HZ, Sound, joined, read_wav

log = logging.getLogger("bridge.voice")

EngineName = Literal["clips", "espeak", "tones"]

_ESPEAK = "espeak-ng"
_ESPEAK_WITHIN_S = 5.0
_WORDS_PER_MINUTE, _LOUDNESS = (
    "135",
    "140",
)  # slower and louder than usual (175, 100), but not overdriven: beside a siren
_WAV_HEADER_BYTES = 44
_GAP_S = 0.06
_KEPT = 32


class Engine(Protocol):
    name: EngineName

    def speak(self, line: str) -> Sound | None:
        """None when there is nothing to say. Raises BadInput or OSError when it cannot be said."""


class Clips:
    """A folder of WAV files of 22,050 Hz, one a clip."""

    name: EngineName = "clips"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._installed = {file.stem for file in folder.glob("*.wav")}

    @property
    def missing(self) -> frozenset[str]:
        return all_clips() - self._installed

    def speak(self, line: str) -> Sound | None:
        wanted = clips(line, self._installed)
        if not wanted:
            return None
        return _playable(joined([read_wav((self._folder / f"{clip}.wav").read_bytes()) for clip in wanted], _GAP_S))


class Espeak:
    """The synthesiser's Indonesian voice, a process a sentence."""

    name: EngineName = "espeak"

    def speak(self, line: str) -> Sound | None:
        said = spoken(line)
        if not said:
            return None
        command = [_ESPEAK, "-v", "id", "-s", _WORDS_PER_MINUTE, "-a", _LOUDNESS, "--stdout", said]
        try:
            wav = subprocess.run(command, capture_output=True, timeout=_ESPEAK_WITHIN_S, check=True).stdout
        except subprocess.SubprocessError as error:
            raise BadInput(f"{_ESPEAK} gagal: {error}") from error
        # On a pipe it writes the header before it knows the length, so the samples are all that follows.
        if wav[:4] != b"RIFF" or len(wav) <= _WAV_HEADER_BYTES:
            raise BadInput(f"{_ESPEAK} tidak memberi WAV")
        return _playable(Sound(int.from_bytes(wav[24:28], "little"), wav[_WAV_HEADER_BYTES:]))


class TonesOnly:
    name: EngineName = "tones"

    def speak(self, line: str) -> Sound | None:
        return None


def engine_of(settings: LoudspeakerSettings) -> Engine:
    """The best engine that these settings and this machine give. One that is asked for by name and is not there is
    logged, and the tones still sound."""
    if settings.engine in ("auto", "clips"):
        recorded = Clips(Path(settings.clips_dir))
        if not recorded.missing:
            return recorded
    if settings.engine in ("auto", "espeak") and shutil.which(_ESPEAK):
        return Espeak()
    if settings.engine in ("clips", "espeak"):
        log.error("the voice that the settings name is not installed", extra={"engine": settings.engine})
    return TonesOnly()


def remembering(engine: Engine) -> Callable[[str], Sound | None]:
    """What `engine` makes of a line, the last ones kept; None for what it fails at, which is logged."""

    @lru_cache(maxsize=_KEPT)
    def kept(line: str) -> Sound | None:
        return engine.speak(line)

    def speak(line: str) -> Sound | None:
        try:
            return kept(line)
        except (BadInput, OSError) as error:
            log.error("a line could not be spoken", extra={"engine": engine.name, "error": str(error)})
            return None

    return speak


def _playable(sound: Sound) -> Sound:
    if sound.rate_hz != RATE_HZ:
        raise BadInput(f"klip suara harus {RATE_HZ} Hz, bukan {sound.rate_hz} Hz")
    return sound
