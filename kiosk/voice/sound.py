"""Sound as 16-bit mono WAV, and the chime before a call: two struck tones of our own making, a falling third."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from kiosk.core.errors import BadInput

RATE_HZ = 22_050  # what espeak-ng speaks in
_TONES_HZ = (783.99, 622.25)  # G5 and E flat 5: clear above the murmur of a hall
_TONE_S, _OVERLAP_S = 0.9, 0.55
_PEAK = 0.55 * 32_767


class Sound(msgspec.Struct, frozen=True):
    """Samples of one channel, 16 bits each, little endian."""

    rate_hz: int
    samples: bytes

    @property
    def length_s(self) -> float:
        return len(self.samples) / 2 / self.rate_hz


def read_wav(data: bytes) -> Sound:
    """A WAV file. Raises BadInput unless it is 16-bit mono PCM."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise BadInput("klip suara harus WAV 16 bit satu kanal")
            return Sound(file.getframerate(), file.readframes(file.getnframes()))
    except (wave.Error, EOFError) as error:
        raise BadInput(f"bukan berkas WAV: {error}") from error


def write_wav(sound: Sound) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(sound.samples)
    return held.getvalue()


def joined(sounds: Iterable[Sound], gap_s: float = 0.0) -> Sound:
    """One after the other. Raises BadInput when their rates differ."""
    parts = list(sounds)
    rates = {part.rate_hz for part in parts}
    if len(rates) != 1:
        raise BadInput(f"klip suara harus serentak lajunya, bukan {sorted(rates)} Hz")
    (rate_hz,) = rates
    silence = bytes(2 * round(gap_s * rate_hz))
    return Sound(rate_hz, silence.join(part.samples for part in parts))


@cache
def chime(rate_hz: int = RATE_HZ) -> Sound:
    """Two tones that fade, with a breath of silence behind."""
    length = round((_TONE_S + _OVERLAP_S) * rate_hz)
    level = [0.0] * length
    for at, frequency_hz in enumerate(_TONES_HZ):
        _strike(level, round(at * _OVERLAP_S * rate_hz), frequency_hz, rate_hz)
    peak = max(map(abs, level))
    samples = [round(value / peak * _PEAK) for value in level] + [0] * round(0.15 * rate_hz)
    return Sound(rate_hz, struct.pack(f"<{len(samples)}h", *samples))


def _strike(level: list[float], begin: int, frequency_hz: float, rate_hz: int) -> None:
    partials: Sequence[tuple[float, float]] = ((1.0, 1.0), (2.0, 0.35), (3.01, 0.12))  # wood, not an organ
    for at in range(min(round(_TONE_S * rate_hz), len(level) - begin)):
        seconds = at / rate_hz
        fade = math.exp(-4.5 * seconds) * min(1.0, seconds * 400)
        level[begin + at] += fade * sum(
            loud * math.sin(2 * math.pi * frequency_hz * part * seconds) for part, loud in partials
        )
