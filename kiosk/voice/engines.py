"""From a call to sound: recorded clips where a set is installed, else espeak-ng, else the chime alone.

Recorded words of a person are understood best; espeak-ng speaks Indonesian offline in 50 ms and 2 MB. Which of them a
machine has is looked up once. A clip that is missing or a synthesiser that fails costs the words, never the chime.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from kiosk.core.errors import BadInput
from kiosk.core.voice_settings import VoiceSettings
from kiosk.voice.sound import Sound, chime, joined, read_wav, write_wav
from kiosk.voice.utterance import all_tokens, tokens, words

log = logging.getLogger(__name__)

_ESPEAK = "espeak-ng"
_ESPEAK_WITHIN_S = 5.0
_WORDS_PER_MINUTE = "135"  # slower than espeak's 175: a hall echoes
_GAP_S = 0.04
_KEPT = 64  # about 10 MB at most


class Engine(Protocol):
    def speak(self, spoken: tuple[str, ...]) -> Sound: ...


class Clips:
    """A folder of WAV files, one a token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def is_complete(folder: Path) -> bool:
        return all((folder / f"{token}.wav").is_file() for token in all_tokens())

    def speak(self, spoken: tuple[str, ...]) -> Sound:
        """Raises BadInput or OSError for a clip that cannot be used."""
        return joined([read_wav((self._folder / f"{token}.wav").read_bytes()) for token in spoken], _GAP_S)


class Espeak:
    """The synthesiser's Indonesian voice, a process a call."""

    def speak(self, spoken: tuple[str, ...]) -> Sound:
        """Raises BadInput or OSError (also when it takes too long)."""
        command = [_ESPEAK, "-v", "id", "-s", _WORDS_PER_MINUTE, "--stdout", words(spoken)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_ESPEAK_WITHIN_S, check=True)
        except subprocess.SubprocessError as error:
            raise BadInput(f"{_ESPEAK} gagal: {error}") from error
        return read_wav(_with_lengths(done.stdout))


def _with_lengths(data: bytes) -> bytes:
    """espeak-ng writes a WAV to a pipe before it knows how long it is; the header is told here."""
    if data[:4] != b"RIFF" or len(data) < 44:
        raise BadInput(f"{_ESPEAK} tidak memberi WAV")
    body = data[44:]
    return data[:4] + (36 + len(body)).to_bytes(4, "little") + data[8:40] + len(body).to_bytes(4, "little") + body


def engine_of(settings: VoiceSettings) -> Engine | None:
    """The engine that these settings and this machine give; None: no words."""
    folder = Path(settings.clips_dir)
    if settings.engine in ("auto", "clips") and Clips.is_complete(folder):
        return Clips(folder)
    if settings.engine in ("auto", "espeak") and shutil.which(_ESPEAK):
        return Espeak()
    if settings.engine in ("clips", "espeak"):
        log.error("the voice that the settings name is not installed", extra={"engine": settings.engine})
    return None


class Voice:
    """Calls as WAV files, the last ones kept."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._engine = engine_of(settings)
        self._silent = settings.engine == "none"
        self.call = lru_cache(maxsize=_KEPT)(self._call)

    @property
    def speaks(self) -> bool:
        return self._engine is not None

    def _call(self, number: str, counter: int) -> bytes | None:
        """Chime and words of a call; None when the settings want silence. Raises BadInput for no ticket's number."""
        spoken = tokens(number, counter)
        if self._silent:
            return None
        if self._engine is not None:
            try:
                said = self._engine.speak(spoken)
                return write_wav(joined([chime(said.rate_hz), said]))
            except (BadInput, OSError) as error:
                log.error("a call could not be spoken", extra={"number": number, "error": str(error)})
        return write_wav(chime())
