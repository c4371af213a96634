"""The line to a box, opened again for ever when it is lost: what a socket and a serial port have in common.

Only time-outs live here; what the bytes mean is `box_session`, how they travel is a `Wire`. Nothing blocks: a box that
stops reading fills its buffer and is then treated as lost, so it can never hold up the siren's loop. Reopening backs
off from 0.25 s to 5 s with jitter, so that a box and its host that come up together do not march in step. Conditions
(a cut cable, an opened lid) are acknowledged here, once whoever keeps the journal says that they are in it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from firmware_bridge.box_session import DEAD_MS, SUSPECT_MS, BoxSession
from firmware_bridge.condition import Condition, words
from firmware_bridge.ports import Command, Reading
from kiosk.core.clock import Clock

BACK_OFF_FIRST_S = 0.25
BACK_OFF_LAST_S = 5.0
RECORD_AGAIN_MS = 50  # asking costs nothing: the disk is asked by the thread that writes
_CONDITIONS_LIMIT = 2_000  # twice what a box holds; more can only come of boots while the disk refuses everything
_UNSENT_LIMIT_BYTES = 16_384
_MOST_CHUNKS = 64  # a box that talks without end gets its turn, not the whole loop


log = logging.getLogger("bridge.line")


class Wire(Protocol):
    """One cable. Used by one thread. Whatever says that it is gone is an OSError; it may be opened again."""

    def open(self) -> None:
        """Opens at once, or raises OSError."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, waiting at most so long for the first byte; empty when nothing did. Raises OSError."""

    def write(self, data: bytes) -> int:
        """How many bytes were taken, perhaps none; never waits. Raises OSError."""

    def close(self) -> None:
        """Also of one that is gone, or was never open."""


def back_off_s(attempt: int, jitter: float) -> float:
    """Pause before attempt number `attempt` (from 0), for a jitter of 0–1: half of it is fixed, half random."""
    whole = min(BACK_OFF_LAST_S, BACK_OFF_FIRST_S * 2.0 ** min(attempt, 10))
    return max(BACK_OFF_FIRST_S, whole * (0.5 + jitter / 2))


def kept_by_the_box(condition: Condition) -> bool:
    """For whoever has no journal: nothing is recorded, so the box goes on holding it."""
    return False


class Line:
    """Source and outputs in one, as both are one cable. Used by one thread. `record` says whether a condition is on
    disk now; one that is not is offered again every second."""

    def __init__(
        self,
        wire: Wire,
        session: BoxSession,
        clock: Clock,
        jitter: Callable[[], float],
        record: Callable[[Condition], bool] = kept_by_the_box,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire, self._session, self._clock = wire, session, clock
        self._jitter, self._record, self._pause = jitter, record, pause
        self._is_open = False
        self._attempt = 0
        self._open_at_ms = 0
        self._unsent = b""
        self._unrecorded: deque[Condition] = deque(maxlen=_CONDITIONS_LIMIT)
        self._record_at_ms = 0

    @property
    def dropped(self) -> int:
        """What came from the box and was no frame."""
        return self._session.dropped

    def read(self, timeout_s: float) -> Sequence[Reading]:
        if not self._is_open and self._now_ms() >= self._open_at_ms:
            self._open()
        if not self._is_open:
            wait_s = (self._open_at_ms - self._now_ms()) / 1000
            self._pause(max(0.0, min(timeout_s, wait_s)))
            self._record_conditions()
            return []
        self._write()
        readings = self._receive(timeout_s)
        self._record_conditions()
        self._write()
        if self._session.silent_ms(self._now_ms()) > DEAD_MS:
            self._lose()
        return readings

    def certain_until_ms(self, now_ms: int) -> int:
        return self._session.certain_until_ms(now_ms)

    def settle(self, name: str) -> None:
        self._session.settle(name)
        self._write()

    def show(self, command: Command) -> None:
        self._session.show(command)
        self._write()

    def faults(self) -> Sequence[str]:
        session = self._session
        if not self._is_open or session.protocol is None:
            return ("kotak tombol tidak terhubung",)
        if session.silent_ms(self._now_ms()) > SUSPECT_MS:
            return ("kotak tombol tidak menjawab",)
        found = words(session.conditions)
        if session.protocol != session.our_protocol:
            found.insert(0, f"kotak tombol memakai protokol {session.protocol}, bukan {session.our_protocol}")
        return tuple(found)

    def close(self) -> None:
        self._lose()

    def _now_ms(self) -> int:
        return self._clock.now().mono_ms

    def _open(self) -> None:
        try:
            self._wire.open()
        except OSError as error:
            log.info("line could not be opened", extra={"attempt": self._attempt, "error": str(error)})
            self._wire.close()
            self._retry_later()
            return
        self._is_open, self._unsent = True, b""
        self._session.connected(self._now_ms(), secrets.randbits(32))

    def _receive(self, timeout_s: float) -> list[Reading]:
        readings: list[Reading] = []
        for chunk in range(_MOST_CHUNKS):
            if not self._is_open:
                break
            try:
                data = self._wire.read(timeout_s if chunk == 0 else 0)
            except OSError:
                self._lose()
                break
            if not data:
                break
            for reading in self._session.receive(data, self._now_ms()):
                if isinstance(reading, Condition):
                    self._unrecorded.append(reading)
                else:
                    readings.append(reading)
        if self._session.protocol is not None:
            self._attempt = 0
        return readings

    def _record_conditions(self) -> None:
        """In order, and a part is acknowledged only when none of it is left."""
        while self._unrecorded and self._now_ms() >= self._record_at_ms:
            condition = self._unrecorded[0]
            if not self._record(condition):
                self._record_at_ms = self._now_ms() + RECORD_AGAIN_MS
                return
            self._unrecorded.popleft()
            if all(waiting.part != condition.part for waiting in self._unrecorded):
                self._session.settle(condition.part)

    def _write(self) -> None:
        if not self._is_open:
            return
        self._unsent += self._session.outgoing(self._now_ms())
        if not self._unsent:
            return
        try:
            sent = self._wire.write(self._unsent)
        except OSError:
            self._lose()
            return
        self._unsent = self._unsent[sent:]
        if len(self._unsent) > _UNSENT_LIMIT_BYTES:
            self._lose()

    def _lose(self) -> None:
        if not self._is_open:
            return
        self._wire.close()
        self._is_open, self._unsent = False, b""
        counts = {"dropped": self._session.dropped, "missed": self._session.missed}
        log.info("line is lost", extra={**counts, "box_dropped": self._session.box_dropped})
        self._session.lost(self._now_ms())
        self._retry_later()

    def _retry_later(self) -> None:
        self._open_at_ms = self._now_ms() + round(back_off_s(self._attempt, self._jitter()) * 1000)
        self._attempt += 1
