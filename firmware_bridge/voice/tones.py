"""Sounds of our own making: the buzzer's tones, and the hollow knock of a wooden kentongan, as 16-bit samples. Pure."""

from __future__ import annotations

import math
from array import array
from functools import cache

from firmware_bridge.buzzer import Buzz
from firmware_bridge.rhythm import Rhythm
from kiosk.voice.sound import RATE_HZ, Sound

_LOUD, _KNOCK_LOUD = 9_000, 26_000
_EDGE_S = 0.004  # a tone that begins or ends at once clicks
_KNOCK_S, _WOOD_HZ = 0.12, 520


def silence(lasts_ms: int) -> Sound:
    return _sound(array("h", bytes(2 * _at(lasts_ms))))


@cache
def tones(buzz: Buzz) -> Sound:
    """One period of the buzzer, or all of it where it sounds only once."""
    last_ms = max((tone.start_ms + tone.lasts_ms for tone in buzz.tones), default=0)
    samples = array("h", bytes(2 * _at(buzz.period_ms or last_ms)))
    for tone in buzz.tones:
        begin, length = _at(tone.start_ms), _at(tone.lasts_ms)
        for at in range(length):
            fade = min(1.0, at / RATE_HZ / _EDGE_S, (length - at) / RATE_HZ / _EDGE_S)
            turns = math.tau * tone.pitch_hz * at / RATE_HZ  # the third partial carries through a cheap loudspeaker
            samples[begin + at] = round(_LOUD * fade * (math.sin(turns) + 0.3 * math.sin(3 * turns)))
    return _sound(samples)


@cache
def knocks(rhythm: Rhythm) -> Sound:
    """One period of the beat; a knock that rings beyond its end rings into the next."""
    samples = array("h", bytes(2 * max(1, _at(rhythm.period_ms))))
    for start_ms, _ in rhythm.strokes:
        for at, level in enumerate(_knock()):
            place = (_at(start_ms) + at) % len(samples)
            samples[place] = max(-32_767, min(32_767, samples[place] + level))
    return _sound(samples)


@cache
def _knock() -> tuple[int, ...]:
    levels = []
    for at in range(round(_KNOCK_S * RATE_HZ)):
        seconds = at / RATE_HZ
        pitch_hz = _WOOD_HZ * (1 + 0.35 * math.exp(-90 * seconds))
        ring = math.exp(-45 * seconds) * math.sin(math.tau * pitch_hz * seconds)
        click = math.exp(-400 * seconds) * math.sin(math.tau * 1_900 * seconds)
        levels.append(round(_KNOCK_LOUD * (0.8 * ring + 0.4 * click)))
    return tuple(levels)


def _at(ms: int) -> int:
    return ms * RATE_HZ // 1000


def _sound(samples: array[int]) -> Sound:
    return Sound(RATE_HZ, samples.tobytes())
