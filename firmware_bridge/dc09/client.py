"""The path as the bridge sees it: events handed over and evidence taken back, neither of which ever waits.

One thread owns session and socket; every socket is non-blocking and no name is looked up, so it always comes round
within a second and `close` is quick. What was handed over and not carried lives in the caller's rows: after a restart
it is handed over again, and a receiver that gets it twice is better than one that does not get it.
"""

from __future__ import annotations

import logging
import queue
import random
import secrets
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from firmware_bridge.dc09.events import Event
from firmware_bridge.dc09.evidence import Outcome, Step, fault_words
from firmware_bridge.dc09.frames import LAST_SEQUENCE
from firmware_bridge.dc09.line import Line
from firmware_bridge.dc09.questions import QUEUE_LIMIT
from firmware_bridge.dc09.session import Session
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.clock import Clock

TURN_S = 1.0
_LOUDNESS = {Outcome.REFUSED: logging.ERROR, Outcome.PUT_OFF: logging.WARNING, Outcome.IGNORED: logging.WARNING}

log = logging.getLogger("bridge.dc09")


class ReceiverClient:
    """Works from its making until `close`. Its methods are for one thread, the bridge's."""

    def __init__(self, settings: ReceiverSettings, clock: Clock, jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        # Begun anywhere, so that a reply to the process before this one answers nothing.
        self._session = Session(settings, clock.now(), secrets.randbelow(LAST_SEQUENCE) + 1, jitter)
        self._line = Line(settings, self._session, clock)
        self._health = self._session.health
        self._coming: queue.Queue[Event] = queue.Queue(QUEUE_LIMIT)
        self._withdrawn: queue.SimpleQueue[Collection[str]] = queue.SimpleQueue()
        self._steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._waker, self._wake = socket.socketpair()
        self._waker.setblocking(False)
        self._wake.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="dc09", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """False when the thread has ended; a new client may then be made."""
        return self._thread.is_alive()

    def submit(self, event: Event) -> bool:
        """Hands an event over, as often as the caller likes; False when there is no room now. Never waits."""
        if self._closing.is_set() or not self._thread.is_alive():
            return False
        try:
            self._coming.put_nowait(event)
        except queue.Full:
            return False
        self._rouse()
        return True

    def withdraw(self, keys: Collection[str]) -> None:
        """Begins no more sendings of the events with these keys. Never waits."""
        if not self._closing.is_set():
            self._withdrawn.put(keys)
            self._rouse()

    def take_steps(self) -> Sequence[Step]:
        """What has come of events since the last call, in order. Never waits."""
        steps = []
        with suppress(queue.Empty):
            while True:
                steps.append(self._steps.get_nowait())
        return steps

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the path now, in plain words; empty when all is well."""
        if not self._thread.is_alive():
            return ("jalur DC-09 mati",)
        return fault_words(self._health, self._clock.now().mono_ms)

    def close(self) -> None:
        """Ends the thread and closes everything; what is under way is not waited for. May be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._rouse()
        self._thread.join()
        self._waker.close()
        self._wake.close()

    def _rouse(self) -> None:
        with suppress(BlockingIOError):  # it is full of earlier calls, so the thread comes anyhow
            self._waker.send(b"!")

    def _run(self) -> None:
        words: tuple[str, ...] = ()
        try:
            while self._goes_on():
                self._take()
                self._tell(self._line.turn(TURN_S, self._wake))
                self._health = health = self._session.health
                if (told := fault_words(health, self._clock.now().mono_ms)) != words:
                    words = told
                    log.warning("the path changed", extra={"faults": list(words), "trouble": health.trouble})
        finally:
            self._line.close()

    def _goes_on(self) -> bool:
        """Reads the call before what it announces: the other way round one between the two would be lost."""
        with suppress(BlockingIOError):
            self._wake.recv(4_096)
        return not self._closing.is_set()

    def _take(self) -> None:
        with suppress(queue.Empty):
            while self._session.has_room:
                self._session.submit(self._coming.get_nowait(), self._clock.now())
        with suppress(queue.Empty):
            while True:
                self._session.withdraw(self._withdrawn.get_nowait())

    def _tell(self, steps: Sequence[Step]) -> None:
        for step in steps:
            told = {"outcome": step.outcome.value, "event": step.event.key if step.event else "", "why": step.why}
            if step.event is not None:
                log.log(_LOUDNESS.get(step.outcome, logging.INFO), "event on the path", extra=told)
                self._steps.put(step)
            elif step.outcome in _LOUDNESS:
                log.log(_LOUDNESS[step.outcome], "supervision poll", extra=told)
