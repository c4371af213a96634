"""Siren, striker and lamps: each does what the newest command says until its time is over, by the board's own clock.

A command says what is to be and until when. A host that has died can so leave nothing on for longer than it said, and
whatever it had asked for is finished even when nobody repeats it. Everything is off before the first command.
"""

OFF, RED_STEADY, RED_FAST, AMBER_SLOW, GREEN, RED_AMBER = 0, 1, 2, 3, 4, 5
ALL_OFF = (False, False, False, False, False)


def lamps(lamp: int, at_ms: int) -> tuple[bool, bool, bool]:
    """Red, amber, green. Fast is 2.5 Hz: WCAG 2.3.1 allows no more than three flashes a second. One that this firmware
    does not know is shown as red: never as an answer, and never as nothing."""
    fast, slow = at_ms % 400 < 200, at_ms % 1000 < 500
    if lamp == OFF:
        return False, False, False
    if lamp == RED_FAST:
        return fast, False, False
    if lamp == AMBER_SLOW:
        return False, slow, False
    if lamp == GREEN:
        return False, False, True
    if lamp == RED_AMBER:
        return slow, not slow, False
    return True, False, False


class Outputs:
    def __init__(self) -> None:
        self._number = 0
        self._lamp = OFF
        self._lamp_until_ms = self._siren_until_ms = 0
        self._period_ms = 0
        self._strokes: tuple[int, ...] = ()

    def new_line(self) -> None:
        """Another host, or the same one anew: it numbers its commands from the start."""
        self._number = 0

    def show(
        self,
        number: int,
        lamp: int,
        lamp_for_ms: int,
        siren: bool,
        siren_for_ms: int,
        period_ms: int,
        strokes: tuple[int, ...],
        now_ms: int,
    ) -> bool:
        """Takes over a command; False for one that is not newer than the last."""
        if number <= self._number:
            return False
        self._number, self._lamp = number, lamp
        self._lamp_until_ms = now_ms + lamp_for_ms
        self._siren_until_ms = now_ms + siren_for_ms if siren else now_ms
        self._period_ms, self._strokes = period_ms, strokes
        return True

    def levels(self, now_ms: int) -> tuple[bool, bool, bool, bool, bool]:
        """Siren, striker, red, amber and green as they are to be now."""
        siren = now_ms < self._siren_until_ms
        lamp = self._lamp if now_ms < self._lamp_until_ms else OFF
        return (siren, siren and self._strikes(now_ms)) + lamps(lamp, now_ms)

    def _strikes(self, now_ms: int) -> bool:
        if not self._period_ms:
            return False
        phase_ms = now_ms % self._period_ms
        for at in range(0, len(self._strokes) - 1, 2):
            if self._strokes[at] <= phase_ms < self._strokes[at] + self._strokes[at + 1]:
                return True
        return False
