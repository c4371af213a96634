"""How hard a modem that fell silent is shaken: ESC and AT, then DTR, then its power, then the last two in turn. Pure.

A modem may wake at the first ESC and hang again with the next text. So the ladder is climbed from one stall to the
next and only left by what had failed: a text that was taken, or, if no text was at stake, a whole round of answers. A
port at which nothing ever answered is not woken twice; it may be another device's, so it is closed first.
"""

from __future__ import annotations

from enum import StrEnum


class Rung(StrEnum):
    """What is done next. `RESTART` is AT+CFUN=1,1, in the place of a power pin that is not there."""

    WAKE = "wake"
    DTR = "dtr"
    POWER = "power"
    RESTART = "restart"


class ResetLadder:
    """`stalls` counts them since the start of the program."""

    def __init__(self, has_power_pin: bool) -> None:
        self._hardest = Rung.POWER if has_power_pin else Rung.RESTART
        self._rungs = (Rung.WAKE, Rung.DTR, self._hardest)
        self._height = 0
        self._text_at_stake = False
        self.stalls = 0

    @property
    def was_power_cut(self) -> bool:
        """Whether the modem is starting from nothing, and needs its time."""
        return self._height > 0 and self._rung(self._height - 1) is self._hardest

    def stalled(self, with_text: bool, has_answered: bool) -> Rung:
        """The modem was silent for too long, perhaps while it had a text of ours."""
        self.stalls += 1
        self._text_at_stake |= with_text
        if not has_answered:
            self._height = max(self._height, 1)
        self._height += 1
        rung = self._rung(self._height - 1)
        return Rung.DTR if rung is Rung.RESTART and not has_answered else rung

    def text_taken(self) -> None:
        """The carrier took a text: all is well."""
        self._height, self._text_at_stake = 0, False

    def round_answered(self) -> None:
        """The modem has answered a whole round of questions, which says nothing about texts."""
        if not self._text_at_stake:
            self._height = 0

    def _rung(self, height: int) -> Rung:
        return self._rungs[height] if height < 3 else self._rungs[2 - height % 2]
