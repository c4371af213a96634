"""What the bridge's loop asks of hardware: readings in, level-based commands out. The fake is a first-class adapter.

A source only tells raw edges and the levels it started with; every decision is made by the pure machines behind it.
Commands say what *is to be* and until when, never what to change: repeating one does no harm, and a host that died
leaves nothing on or off wrongly for longer than the time it gave.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from firmware_bridge.debounce import Edge
from firmware_bridge.rhythm import Rhythm
from kiosk.core.alarm_words import Lamp

DEAD_MAN_MS = 5_000  # lamps and words of a host that fell silent for so long are switched off
RENEW_MS = 1_000


class Started(msgspec.Struct, frozen=True):
    """The source has started, or started anew, with these levels: a closed input here was pressed by nobody we saw."""

    levels: Mapping[str, bool]
    mono_ms: int


Reading = Edge | Started


class Command(msgspec.Struct, frozen=True):
    """Everything the outputs are to do. Times are milliseconds from the moment the command is shown."""

    lamp: Lamp
    lamp_for_ms: int
    siren: bool
    siren_for_ms: int
    message: str
    rhythm: Rhythm
    faults: tuple[str, ...] = ()


class EdgeSource(Protocol):
    """Where edges come from. Used by one thread."""

    def read(self, timeout_s: float) -> Sequence[Reading]:
        """What came since the last call, waiting at most `timeout_s`; `Started` is the first reading ever."""

    @property
    def dropped(self) -> int:
        """How much came that could not be read."""

    def certain_until_ms(self, now_ms: int) -> int:
        """Up to when all edges are known: `now_ms`, or when the line was lost. Nobody counts as holding a button
        beyond it."""

    def settle(self, name: str) -> None:
        """Every edge read of this input has had its durable effect and need not be delivered again."""

    def faults(self) -> Sequence[str]:
        """What is wrong with the line now, in plain words; empty when all is well."""

    def close(self) -> None: ...


class Outputs(Protocol):
    def show(self, command: Command) -> None:
        """Takes over at once. Never waits for the hardware; a line that is gone gets the next command when it is
        back."""

    def close(self) -> None: ...


class Voice(Outputs, Protocol):
    """An output beside the box that may fail without the box."""

    def faults(self, now_ms: int) -> tuple[str, ...]:
        """What is wrong with it, in plain words; empty when all is well."""


class Both:
    """An `Outputs` that shows each command on two; the first is the one that must not be late."""

    def __init__(self, first: Outputs, second: Outputs) -> None:
        self._first, self._second = first, second

    def show(self, command: Command) -> None:
        self._first.show(command)
        self._second.show(command)

    def close(self) -> None:
        """Whoever opened the two closes them."""


class NoBox:
    """A site without a button box: nothing is ever pressed and nothing lights up; alerts from the screen still time
    out and resume in the same loop."""

    def read(self, timeout_s: float) -> Sequence[Reading]:
        time.sleep(timeout_s)
        return ()

    @property
    def dropped(self) -> int:
        return 0

    def certain_until_ms(self, now_ms: int) -> int:
        return now_ms

    def settle(self, name: str) -> None:
        """Nothing is held back."""

    def faults(self) -> Sequence[str]:
        return ()

    def show(self, command: Command) -> None:
        """There is nothing to show it on."""

    def close(self) -> None:
        """There is nothing open."""
