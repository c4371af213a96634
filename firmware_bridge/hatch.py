"""The hatch between the loop of siren and lamps, which must never wait, and the thread that waits for the disk.

The loop puts presses, health events and its sign of life in, and takes out what was decided and the newest picture of
the rows. Every call returns at once; values that cross are frozen, and what is taken is taken once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from firmware_bridge.faults import FaultEvent
from kiosk.catalogue.codes import KentonganCodes
from kiosk.core.alert import Alert, AlertCode
from kiosk.core.ladder import Ladder


class Press(msgspec.Struct, frozen=True):
    """A complete hold or row of taps, to be committed. `key` names its first edge where the source repeats edges."""

    input: str
    mono_ms: int
    code: AlertCode
    source: str
    key: str = ""


class Decided(msgspec.Struct, frozen=True):
    """What has become of a press: it is on disk, or the disk refused it and it is tried again."""

    press: Press
    is_committed: bool


class Picture(msgspec.Struct, frozen=True):
    """The open alerts as they were last read, oldest first, and what is in force.

    `offered` are the alerts (ids) whose rung that offers 110 is reached; `faults` what paths and documents say.
    """

    ladder: Ladder
    codes: KentonganCodes
    alerts: tuple[Alert, ...] = ()
    offered: frozenset[str] = frozenset()
    faults: Mapping[str, tuple[str, ...]] = {}


class SignOfLife(msgspec.Struct, frozen=True):
    detail: Mapping[str, object]
    ok: bool


class Hatch:
    """One loop on one side, one thread on the other."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.wake = threading.Event()
        self._presses: deque[Press] = deque()
        self._decided: deque[Decided] = deque()
        self._heard = threading.Event()
        self._events: deque[FaultEvent] = deque()
        self._sign: SignOfLife | None = None
        self._jobs: dict[str, Callable[[], None]] = {}
        self._done: set[str] = set()

    def press(self, press: Press) -> None:
        """What becomes of it is told by `take_decided`."""
        self._heard.clear()
        self._presses.append(press)

    def wait_decided(self, timeout_s: float) -> None:
        """Returns once something was decided since the last press, at the latest after `timeout_s`."""
        self._heard.wait(timeout_s)

    def take_decided(self) -> list[Decided]:
        """In order. A refused press is told again once it is committed."""
        return [self._decided.popleft() for _ in range(len(self._decided))]

    def journal(self, events: Sequence[FaultEvent]) -> None:
        """Health events to be written."""
        self._events.extend(events)

    def say_alive(self, sign: SignOfLife) -> None:
        """A newer one takes the place of one that is not yet written."""
        self._sign = sign

    def once(self, key: str, job: Callable[[], None]) -> bool:
        """Whether `job`, which writes, has been done under that name; it is done soon, and asked again this is True.

        For what a box repeats until it is acknowledged: the loop must not wait for the disk to acknowledge it.
        """
        if key in self._done:
            self._done.discard(key)
            return True
        self._jobs.setdefault(key, job)
        return False

    # The disk's side.

    def next_press(self) -> Press | None:
        return self._presses.popleft() if self._presses else None

    def decide(self, press: Press, is_committed: bool) -> None:
        self._decided.append(Decided(press, is_committed))
        self._heard.set()

    def next_event(self) -> FaultEvent | None:
        return self._events.popleft() if self._events else None

    def take_sign(self) -> SignOfLife | None:
        sign, self._sign = self._sign, None
        return sign

    def next_job(self) -> tuple[str, Callable[[], None]] | None:
        return next(iter(list(self._jobs.items())), None)

    def done(self, key: str) -> None:
        self._done.add(key)
        self._jobs.pop(key, None)
