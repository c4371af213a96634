"""A lesson on the simulated box: for some seconds it shows one stage, marked as such, though nobody has pressed.

Never over a real indication: while the bridge shows anything, a lesson is refused, and one that runs gives way at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from deploy.lessons import Lesson
from kiosk.core.alarm_words import Lamp
from kiosk.core.errors import Conflict

PREFIX = "PERAGAAN — "


class Classroom:
    """Safe from any thread."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s, self._lock = now_s, threading.Lock()
        self._lesson: Lesson | None = None
        self._until_s = 0.0

    def teach(self, lesson: Lesson, for_s: float, box: Mapping[str, Any]) -> None:
        """Raises Conflict while the box itself shows something."""
        if box["lamp"] != Lamp.OFF.value:
            raise Conflict("kotak sedang memperlihatkan panggilan: peragaan menunggu sampai selesai")
        with self._lock:
            self._lesson, self._until_s = lesson, self._now_s() + for_s

    def over(self, box: Mapping[str, Any]) -> dict[str, Any]:
        """The box's state with the lesson over it, if there is one and the box itself shows nothing."""
        with self._lock:
            if self._lesson is None or self._now_s() >= self._until_s or box["lamp"] != Lamp.OFF.value:
                self._lesson = None
                return {**box, "lesson": None}
            lesson = self._lesson
        shown = {"lamp": lesson.lamp.value, "siren": lesson.siren, "message": PREFIX + lesson.message}
        return {**box, **shown, "lesson": lesson.stage.value}
