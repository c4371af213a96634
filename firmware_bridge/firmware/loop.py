"""A supervised loop: what the voltage at the end of a button's cable says.

At the button, not on the board, sit two resistors: 4.7 kΩ across the cable, and 2.2 kΩ in line with the contact. The
board pulls up with 2.2 kΩ, so of the reference the ADC sees

    short 0      pressed 0.405      normal 0.681      cut 1

and the borders lie about half way between. Resistors of 1 % move these by less than 0.01, 100 m of bell wire and a
worn contact of 50 Ω by less than 0.02. A reading must pass a border by the hysteresis to count, so one that sits on
it does not chatter. Cut and short are open contacts: two different faults, and neither is a press.
"""

SHORT, PRESSED, NORMAL, CUT = 0, 1, 2, 3
FULL_SCALE = 65535  # ADC.read_u16
_BORDERS = (int(0.20 * FULL_SCALE), int(0.52 * FULL_SCALE), int(0.84 * FULL_SCALE))
HYSTERESIS = int(0.03 * FULL_SCALE)


def classified(reading: int, before: int) -> int:
    """The state that a reading (0–65535) means for a loop that was in state `before`."""
    state = before
    while state < CUT and reading > _BORDERS[state] + HYSTERESIS:
        state += 1
    while state > SHORT and reading < _BORDERS[state - 1] - HYSTERESIS:
        state -= 1
    return state


class Standing:
    """A value that counts only once it has stood for a time of its own: faults appear late and clear later, so that
    neither a spike nor a loose wire fills the journal."""

    def __init__(self, value: int, at_ms: int, fault_after_ms: int, clear_after_ms: int) -> None:
        self.value = value
        self._fault_after_ms, self._clear_after_ms = fault_after_ms, clear_after_ms
        self._coming, self._since_ms = value, at_ms

    def became(self, value: int, at_ms: int, normal: int) -> bool:
        """Takes the value of now; whether the one that counts has changed."""
        if value != self._coming:
            self._coming, self._since_ms = value, at_ms
        wait_ms = self._clear_after_ms if value == normal else self._fault_after_ms
        if value == self.value or at_ms - self._since_ms < wait_ms:
            return False
        self.value = value
        return True
