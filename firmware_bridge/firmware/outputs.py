"""Siren, striker, lamps and buzzer: each does what the newest command says until its time is over, by its own clock.

A command says what is to be and until when. A host that has died can so leave nothing on for longer than it said, and
whatever it had asked for is finished even when nobody repeats it. Everything is off before the first command.
"""

OFF, RED_STEADY, RED_FAST, AMBER_SLOW, GREEN, RED_AMBER = 0, 1, 2, 3, 4, 5
ALL_OFF = (False, False, False, False, False, False)

# When the buzzer sounds with each lamp: starts and lengths in milliseconds, and a period that repeats (0: only once,
# from when the lamp changed). Each has a rhythm of its own; a lamp that this firmware does not know has none.
BUZZER = {
    RED_STEADY: ((0, 60), 0),
    RED_FAST: ((0, 70, 140, 70, 280, 70), 800),
    AMBER_SLOW: ((0, 900), 2400),
    GREEN: ((0, 160, 180, 160, 360, 420), 0),
    RED_AMBER: ((0, 800), 800),
}


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


def buzzes(lamp: int, elapsed_ms: int) -> bool:
    """Whether the buzzer sounds so long after the lamp changed."""
    if lamp not in BUZZER:
        return False
    tones, period_ms = BUZZER[lamp]
    return _falls_on(tones, elapsed_ms % period_ms if period_ms else elapsed_ms)


def _falls_on(beats: tuple[int, ...], phase_ms: int) -> bool:
    """Whether a moment lies in one of the beats, given as starts and lengths."""
    return any(beats[at] <= phase_ms < beats[at] + beats[at + 1] for at in range(0, len(beats) - 1, 2))


class Outputs:
    def __init__(self) -> None:
        self._number = 0
        self._lamp = OFF
        self._lamp_since_ms = self._lamp_until_ms = self._siren_until_ms = 0
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
        if lamp != self._lamp or now_ms >= self._lamp_until_ms:
            self._lamp_since_ms = now_ms
        self._number, self._lamp = number, lamp
        self._lamp_until_ms = now_ms + lamp_for_ms
        self._siren_until_ms = now_ms + siren_for_ms if siren else now_ms
        self._period_ms, self._strokes = period_ms, strokes
        return True

    def levels(self, now_ms: int) -> tuple[bool, bool, bool, bool, bool, bool]:
        """Siren, striker, red, amber, green and buzzer as they are to be now."""
        siren = now_ms < self._siren_until_ms
        lamp = self._lamp if now_ms < self._lamp_until_ms else OFF
        red, amber, green = lamps(lamp, now_ms)
        buzzer = buzzes(lamp, now_ms - self._lamp_since_ms)
        return siren, siren and self._strikes(now_ms), red, amber, green, buzzer

    def _strikes(self, now_ms: int) -> bool:
        return bool(self._period_ms) and _falls_on(self._strokes, now_ms % self._period_ms)
