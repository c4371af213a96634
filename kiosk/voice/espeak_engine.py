"""espeak-ng as the engine: one short process a text, its sound on standard output, nothing on disk."""

from __future__ import annotations

import shutil
import subprocess
from typing import Protocol

from kiosk.core.errors import KentonganError

WORDS_A_MINUTE = 140  # a calm reader's pace; espeak-ng's own 175 is too quick for many
_WITHIN_S = 10.0
_PROGRAM = "espeak-ng"
_HEADER_BYTES = 44


class NoVoice(KentonganError):
    """This machine cannot speak, or not in this language."""

    code = "no-voice"
    http_status = 503


class Engine(Protocol):
    """What can speak."""

    def speak(self, text: str, voice: str) -> bytes:
        """The sound as a WAV file. Raises NoVoice."""
        ...


class Espeak:
    """The engine of a kiosk."""

    def speak(self, text: str, voice: str) -> bytes:
        if shutil.which(_PROGRAM) is None:
            raise NoVoice("Suara belum dipasang di mesin ini. Petugas siap membacakan untuk Anda.")
        command = [_PROGRAM, "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_WITHIN_S, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise NoVoice("Suara sedang tidak bisa dipakai. Petugas siap membacakan untuk Anda.") from error
        return _with_lengths(done.stdout)


def _with_lengths(wav: bytes) -> bytes:
    """espeak-ng writes to a pipe before it knows how long it speaks; a browser wants to know."""
    if wav[:4] != b"RIFF" or len(wav) <= _HEADER_BYTES:
        raise NoVoice("Suara sedang tidak bisa dipakai. Petugas siap membacakan untuk Anda.")
    sound = wav[_HEADER_BYTES:]
    size, riff_size = len(sound).to_bytes(4, "little"), (len(sound) + _HEADER_BYTES - 8).to_bytes(4, "little")
    return wav[:4] + riff_size + wav[8:40] + size + sound
