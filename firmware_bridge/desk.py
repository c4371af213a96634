"""Who does the rounds: a thread of its own for the daemon, or the caller at once for tests and rehearsals.

The thread looks every 20 ms, for others write to the rows too, and at once when it is woken. When a round has ended by
an error that nobody expected, the loop is told and ends as well: from that crash systemd starts us anew.
"""

from __future__ import annotations

import threading
from typing import Protocol

from firmware_bridge.hatch import Hatch
from firmware_bridge.rounds import Rounds
from kiosk.core.clock import Clock

TURN_S = 0.020  # data_version costs 9 µs, and 20 ms is far below what anybody notices
STORAGE_WORDS = ("penyimpanan tidak menjawab",)
STORAGE_LATE_MS = 3_000


class Desk(Protocol):
    hatch: Hatch

    def poke(self) -> None:
        """There may be something to do. Raises RuntimeError when nobody does it any more."""

    def faults(self, now_ms: int) -> tuple[str, ...]:
        """What is wrong with the disk, in plain words; empty when all is well."""


class DeskAtOnce:
    """Each `poke` is a round."""

    def __init__(self, rounds: Rounds, hatch: Hatch) -> None:
        self.rounds, self.hatch = rounds, hatch

    def poke(self) -> None:
        self.rounds.turn()

    def faults(self, now_ms: int) -> tuple[str, ...]:
        return ()


class DeskThread:
    """Works from its making until `close`."""

    def __init__(self, rounds: Rounds, hatch: Hatch, clock: Clock) -> None:
        self.hatch = hatch
        self._rounds, self._clock = rounds, clock
        self._closing = threading.Event()
        self._began_ms: int | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        if not self._thread.is_alive():
            raise RuntimeError("the thread that writes has ended") from self._error
        self.hatch.wake.set()

    def faults(self, now_ms: int) -> tuple[str, ...]:
        began_ms = self._began_ms
        return STORAGE_WORDS if began_ms is not None and now_ms - began_ms > STORAGE_LATE_MS else ()

    def close(self, timeout_s: float = 10.0) -> bool:
        """Ends the thread after its round; whether it did. One that the disk holds for longer is left to the kernel."""
        self._closing.set()
        self.hatch.wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self.hatch.wake.wait(TURN_S)
                self.hatch.wake.clear()
                self._began_ms = self._clock.now().mono_ms
                self._rounds.turn()
                self._began_ms = None
        except BaseException as error:
            self._error = error
            raise
