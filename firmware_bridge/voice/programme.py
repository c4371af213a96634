"""What a loudspeaker plays next, from the newest command alone: words, else the beat, else the buzzer's tones.

A stage that is new is told at once: its tones, then its words, and whatever was being said before is cut off, for a
stage that is over must not be heard any longer. The words come again while the stage lasts; after an answer they are
said twice and then there is peace. Between the words the kentongan beats while the siren sounds, and otherwise the
tones go on, so that at every moment the stage is known by ear. Every command has its dead-man time here too. Pure but
for `speak`, which may take its time: pieces are asked for by the thread that plays them.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from firmware_bridge.buzzer import BUZZER
from firmware_bridge.ports import Command
from firmware_bridge.voice.tones import knocks, silence, tones
from kiosk.core.alarm_words import Lamp
from kiosk.voice.sound import RATE_HZ, Sound, joined

PIECE_MS = 100
_PIECE_BYTES = 2 * (RATE_HZ * PIECE_MS // 1000)
_PAUSE_MS = 200  # between the tones of a stage and its words
AGAIN_MS = {
    Lamp.RED_STEADY: 10_000,  # shown with words only while a press cannot be recorded
    Lamp.RED_FAST: 8_000,
    Lamp.AMBER_SLOW: 20_000,
    Lamp.RED_AMBER: 10_000,
    Lamp.GREEN: 10_000,
}
ANSWERED_TIMES = 2

Speak = Callable[[str], Sound | None]


class _Stage(msgspec.Struct, frozen=True):
    lamp: Lamp
    line: str


_NOTHING = _Stage(Lamp.OFF, "")


def told(lamp: Lamp, line: str, speak: Speak) -> Sound:
    """A stage as it is told once: its tones, then its words if there are any."""
    said = speak(line) if line else None
    heard = tones(msgspec.structs.replace(BUZZER[lamp], period_ms=None))
    return joined([heard, silence(_PAUSE_MS), said]) if said is not None else heard


class Programme:
    """Used by one thread, but for `follow`."""

    def __init__(self, speak: Speak, beat: bool) -> None:
        self._speak, self._beat = speak, beat
        self._newest: tuple[Command, int] | None = None
        self._stage = _NOTHING
        self._words, self._words_at = b"", 0
        self._times, self._due_ms = 0, 0
        self._under, self._under_at = b"", 0

    def follow(self, command: Command, now_ms: int) -> None:
        """From any thread: the newest command counts. Returns at once."""
        self._newest = (command, now_ms)

    def is_news(self, now_ms: int) -> bool:
        """Whether what is being played belongs to a stage that is over."""
        return self._now(now_ms)[0] != self._stage

    def piece(self, now_ms: int) -> bytes | None:
        """The next tenth of a second to be heard, or None while there is nothing."""
        stage, under = self._now(now_ms)
        if stage != self._stage:
            self._begin(stage, now_ms)
        if self._words_at >= len(self._words) and self._is_due(now_ms):
            self._say(now_ms)
        if self._words_at < len(self._words):
            piece = self._words[self._words_at : self._words_at + _PIECE_BYTES]
            self._words_at += len(piece)
            return piece
        return self._beneath(under)

    def _now(self, now_ms: int) -> tuple[_Stage, bytes]:
        """The stage, and the sound that goes on beneath its words."""
        if self._newest is None:
            return _NOTHING, b""
        command, since_ms = self._newest
        elapsed_ms = now_ms - since_ms
        stage = _Stage(command.lamp, command.message) if elapsed_ms < command.lamp_for_ms else _NOTHING
        if self._beat and command.siren and elapsed_ms < command.siren_for_ms:
            return stage, knocks(command.rhythm).samples
        buzz = BUZZER[stage.lamp]
        return stage, tones(buzz).samples if buzz.period_ms else b""

    def _begin(self, stage: _Stage, now_ms: int) -> None:
        self._stage, self._times, self._due_ms = stage, 0, now_ms
        self._words, self._words_at = b"", 0

    def _is_due(self, now_ms: int) -> bool:
        if self._stage.lamp is Lamp.OFF or now_ms < self._due_ms:
            return False
        if self._stage.lamp is Lamp.GREEN:
            return self._times < ANSWERED_TIMES
        return not self._times or bool(self._speak(self._stage.line))

    def _say(self, now_ms: int) -> None:
        sound = told(self._stage.lamp, self._stage.line, self._speak)
        self._words, self._words_at = sound.samples, 0
        self._times += 1
        self._due_ms = now_ms + round(sound.length_s * 1000) + AGAIN_MS[self._stage.lamp]

    def _beneath(self, under: bytes) -> bytes | None:
        if not under:
            return None
        if under is not self._under:
            self._under, self._under_at = under, 0
        piece = self._under[self._under_at : self._under_at + _PIECE_BYTES]
        self._under_at = (self._under_at + len(piece)) % len(self._under)
        return piece
