"""A supervised button loop on bare pins: readings of a converter in; normal, pressed, cut or short out.

The button ends a two-wire line: a resistor across it (end of line) lets a small current flow always, and a press puts a
second resistor beside it. So four states of the wire give four voltages, and a thief with pliers looks like none of the
others. Cut and short are two faults and neither is an alarm; the pull-up and the two resistors decide where the bands
lie, and between two bands lies a gap in which the state stays what it was (hysteresis).

A state counts once it has stood for its time and for a few readings, so a converter that hangs proves nothing. A press
follows only a loop that was seen whole since its last short: a wet cable that dries passes slowly through every band,
and must not call the police. Pure and for one loop: readings come from an adapter, holds and taps are `press`.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated

import msgspec

from kiosk.core.errors import BadInput

Ohms = Annotated[int, msgspec.Meta(ge=100, le=1_000_000)]
Ms = Annotated[int, msgspec.Meta(ge=5, le=5_000)]

LEAST_GAP = 0.12  # of full scale between neighbours: resistors that are 5 % off move a level by up to 0.025
BAND = 0.35  # of the distance to a neighbour; the middle 30 % are the gap
LEAST_READINGS = 3


class LoopState(StrEnum):
    NORMAL = "normal"
    PRESSED = "pressed"
    CUT = "cut"
    SHORT = "short"


class LoopSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The resistors in ohms (pull-up to the converter's reference; in series with the button; across it) and times."""

    pull_up_ohm: Ohms = 4_700
    pressed_ohm: Ohms = 2_200
    end_of_line_ohm: Ohms = 10_000
    debounce_ms: Ms = 30
    fault_ms: Ms = 300  # a plug that is pushed in rattles longer than a button

    def __post_init__(self) -> None:
        if min(after - before for before, after in pairwise(self.levels().values())) < LEAST_GAP:
            raise ValueError("tahanan lingkar tombol terlalu mirip: keempat keadaan tidak dapat dibedakan")

    def levels(self) -> dict[LoopState, float]:
        """The reading of each state as a part of full scale, ascending."""
        pressed = self.pressed_ohm * self.end_of_line_ohm / (self.pressed_ohm + self.end_of_line_ohm)
        return {
            LoopState.SHORT: 0.0,
            LoopState.PRESSED: pressed / (pressed + self.pull_up_ohm),
            LoopState.NORMAL: self.end_of_line_ohm / (self.end_of_line_ohm + self.pull_up_ohm),
            LoopState.CUT: 1.0,
        }


class LoopChanged(msgspec.Struct, frozen=True):
    """The loop has stood in `state` long enough; `since_ms` is its first reading there."""

    state: LoopState
    since_ms: int


class Loop:
    """One loop. `state` is None until it has first been stable: whoever starts must not guess."""

    def __init__(self, settings: LoopSettings = LoopSettings()) -> None:
        self._settings = settings
        self._bands = _bands(settings)
        self.state: LoopState | None = None
        self._raw: LoopState | None = None
        self._since_ms = 0
        self._readings = 0
        self._distrusted = False

    @property
    def is_pressed(self) -> bool:
        """The level to hand to `press`; a fault is not a press."""
        return self.state is LoopState.PRESSED and not self._distrusted

    def take(self, reading: float, now_ms: int) -> LoopChanged | None:
        """One reading as a part of full scale (0 … 1). Raises BadInput for any other number."""
        if not 0.0 <= reading <= 1.0:
            raise BadInput(f"pembacaan lingkar tombol {reading} di luar 0 … 1: periksa ADC")
        inside = next((state for state, (low, high) in self._bands.items() if low <= reading <= high), self._raw)
        if inside is not self._raw:
            self._raw, self._since_ms, self._readings = inside, now_ms, 0
        self._readings += 1
        if inside is None or inside is self.state or self._readings < LEAST_READINGS:
            return None
        if now_ms - self._since_ms < self._stands_for_ms(inside):
            return None
        return self._settle(inside)

    def certain_until_ms(self, now_ms: int) -> int:
        """Up to when the level is beyond doubt: `now_ms`, or the reading that began what is not yet stable."""
        return now_ms if self._raw is self.state else self._since_ms

    def _stands_for_ms(self, state: LoopState) -> int:
        is_fault = state in (LoopState.CUT, LoopState.SHORT)
        return self._settings.fault_ms if is_fault else self._settings.debounce_ms

    def _settle(self, state: LoopState) -> LoopChanged:
        if state is LoopState.SHORT:
            self._distrusted = True
        elif state is LoopState.NORMAL:
            self._distrusted = False
        self.state = state
        return LoopChanged(state, self._since_ms)


def _bands(settings: LoopSettings) -> dict[LoopState, tuple[float, float]]:
    """Lowest and highest reading of each state."""
    levels = settings.levels()
    reach = [BAND * (after - before) for before, after in pairwise(levels.values())]
    return {
        state: (level - below, level + above)
        for (state, level), below, above in zip(levels.items(), [0.0, *reach], [*reach, 0.0], strict=True)
    }
