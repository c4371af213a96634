"""From one sample of every wire to events: edges of the buttons at once, faults when they have stood.

Edges are raw: the host debounces and measures the hold, and it can do so late, because every edge carries the time of
its sample. An event here is (kind, input, value). What is here never decides that somebody asks for help, but for one
thing: a wet cable that dries passes slowly from short through pressed to normal, and must not call the police. After a
short that stood, a contact counts again once the cable has been seen whole.
"""

from . import loop, messages

LOOP_FAULT_MS, LOOP_CLEAR_MS = 300, 2000
LOOP_WHOLE_MS = 30  # normal for so long after a short: the spark of a drying cable is shorter
LID_FAULT_MS, LID_CLEAR_MS = 300, 2000
SUPPLY_FAULT_MS, SUPPLY_CLEAR_MS = 2000, 5000
SUPPLY_HYSTERESIS_MV = 300


class Input:
    """One button at the end of its cable."""

    def __init__(self, reading: int, at_ms: int) -> None:
        self._state = loop.classified(reading, loop.NORMAL)
        self.level = self._state == loop.PRESSED
        self.fault = loop.Standing(0, at_ms, LOOP_FAULT_MS, LOOP_CLEAR_MS)
        self._is_wet = False
        self._not_whole_at_ms = at_ms

    def sampled(self, place: int, reading: int, at_ms: int) -> list[tuple[int, int, int]]:
        events = []
        self._state = loop.classified(reading, self._state)
        if self._state != loop.NORMAL:
            self._not_whole_at_ms = at_ms
        elif at_ms - self._not_whole_at_ms >= LOOP_WHOLE_MS:
            self._is_wet = False
        level = self._state == loop.PRESSED and not self._is_wet
        if level != self.level:
            self.level = level
            events.append((messages.CLOSED if level else messages.OPENED, place, reading))
        fault = 1 if self._state == loop.CUT else 2 if self._state == loop.SHORT else 0
        if self.fault.became(fault, at_ms, 0):
            self._is_wet = self._is_wet or fault == 2
            events.append((messages.LOOP_NORMAL + fault, place, reading))
        return events


class Senses:
    """Every wire of the board. The first sample gives the levels at start and no event."""

    def __init__(self, readings: list[int], at_ms: int, supply_low_mv: int, supply_high_mv: int) -> None:
        self.inputs = [Input(reading, at_ms) for reading in readings]
        self.lid = loop.Standing(0, at_ms, LID_FAULT_MS, LID_CLEAR_MS)
        self.supply = loop.Standing(0, at_ms, SUPPLY_FAULT_MS, SUPPLY_CLEAR_MS)
        self._supply_low_mv, self._supply_high_mv = supply_low_mv, supply_high_mv

    def sampled(self, readings: list[int], lid_open: bool, supply_mv: int, at_ms: int) -> list[tuple[int, int, int]]:
        events = []
        for place, one in enumerate(self.inputs):
            events += one.sampled(place, readings[place], at_ms)
        if self.lid.became(int(lid_open), at_ms, 0):
            events.append((messages.LID_NORMAL + self.lid.value, messages.WHOLE_BOARD, 0))
        if self.supply.became(self._supply_state(supply_mv), at_ms, 0):
            events.append((messages.SUPPLY_NORMAL + self.supply.value, messages.WHOLE_BOARD, supply_mv))
        return events

    def _supply_state(self, supply_mv: int) -> int:
        """0 normal, 1 low, 2 high; leaving a fault takes the hysteresis more than entering it."""
        low_mv = self._supply_low_mv + (SUPPLY_HYSTERESIS_MV if self.supply.value == 1 else 0)
        high_mv = self._supply_high_mv - (SUPPLY_HYSTERESIS_MV if self.supply.value == 2 else 0)
        return 1 if supply_mv < low_mv else 2 if supply_mv > high_mv else 0
