"""What the simulated box sounds like beside siren and kentongan: buzzer and voice, from the tables of the real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from firmware_bridge.buzzer import BUZZER
from firmware_bridge.voice.engines import Engine, remembering
from firmware_bridge.voice.programme import AGAIN_MS, ANSWERED_TIMES
from firmware_bridge.voice.utterance import spoken
from kiosk.core.alarm_words import Lamp
from kiosk.voice.sound import write_wav


class Sounds:
    """Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._speak = remembering(engine)

    def of(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The buzzer's tones and what is said of a box that shows `lamp` and `message`; no line: nothing is said."""
        lamp = Lamp(shown["lamp"])
        again = {"again_ms": AGAIN_MS.get(lamp, 0), "times": ANSWERED_TIMES if lamp is Lamp.GREEN else None}
        return {"buzzer": msgspec.to_builtins(BUZZER[lamp]), "voice": {"line": _line(shown), **again}}

    def wav(self, shown: Mapping[str, Any]) -> bytes | None:
        """What is said of such a box; None when that is nothing, and on a machine without a voice."""
        line = _line(shown)
        sound = self._speak(line) if line else None
        return write_wav(sound) if sound is not None else None


def _line(shown: Mapping[str, Any]) -> str:
    line = str(shown["message"])
    return line if spoken(line) else ""
