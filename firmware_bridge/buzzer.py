"""What the buzzer says of each lamp: one table for pins, panel board, loudspeaker and the simulated box.

Whoever hears and does not see must know the stage as well, also while the siren rests. Each lamp has a rhythm of its
own, known even on a buzzer with a single pitch and by who begins to listen in the middle:

- sending: three quick beeps, again and again: somebody is busy with it
- waiting: one long low tone every two seconds and a half, as a telephone rings at the other end
- answered: three rising tones, once, and then silence: it is done
- unanswered: two tones in turn without a pause, high and low

A finger is answered by one short beep. Pure; `firmware/outputs.py` holds the same table for the board, and a test
compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kiosk.core.alarm_words import Lamp


class Tone(msgspec.Struct, frozen=True, array_like=True):
    start_ms: int
    lasts_ms: int
    pitch_hz: int


class Buzz(msgspec.Struct, frozen=True):
    """Tones that begin again after `period_ms`; None: once, from when the lamp changed."""

    tones: tuple[Tone, ...]
    period_ms: int | None

    def pitch_hz(self, elapsed_ms: int) -> int:
        """What sounds so long after the lamp changed; 0 is silence."""
        phase_ms = elapsed_ms % self.period_ms if self.period_ms else elapsed_ms
        for tone in self.tones:
            if tone.start_ms <= phase_ms < tone.start_ms + tone.lasts_ms:
                return tone.pitch_hz
        return 0


def _buzz(period_ms: int | None, *tones: tuple[int, int, int]) -> Buzz:
    return Buzz(tuple(Tone(*tone) for tone in tones), period_ms)


BUZZER: Mapping[Lamp, Buzz] = {
    Lamp.OFF: _buzz(None),
    Lamp.RED_STEADY: _buzz(None, (0, 60, 1400)),
    Lamp.RED_FAST: _buzz(800, (0, 70, 1800), (140, 70, 1800), (280, 70, 1800)),
    Lamp.AMBER_SLOW: _buzz(2400, (0, 900, 620)),
    Lamp.GREEN: _buzz(None, (0, 160, 700), (180, 160, 930), (360, 420, 1240)),
    Lamp.RED_AMBER: _buzz(800, (0, 400, 1500), (400, 400, 980)),
}


def is_buzzing(lamp: Lamp, elapsed_ms: int) -> bool:
    """Whether a buzzer of one pitch sounds so long after the lamp changed."""
    return bool(BUZZER[lamp].pitch_hz(elapsed_ms))
