"""One look at a cheap mark for all streams of a server: who waits is woken when it has changed.

Twenty screens that each ask the database twenty times a second cost a Pi a core's worth of nothing, and each would draw
the same picture for itself. Here one thread looks, as long as somebody waits, and `Shared` makes once what many show.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from kiosk.core.errors import KentonganError

T = TypeVar("T")

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02  # a call reaches a screen in half of this besides drawing and network


class Pulse:
    """`number` grows whenever `look()` gives another value; it looks only while somebody listens. Thread-safe.

    Its one thread starts with the first listener and ends with `close`.
    """

    def __init__(self, look: Callable[[], int]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._listeners = 0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._seen: int | None = None
        self.number = 0

    def __enter__(self) -> Pulse:
        with self._changed:
            self._listeners += 1
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._listeners -= 1

    def wait(self, seen: int, timeout_s: float) -> int:
        """The number, as soon as it differs from `seen` or the time is over; at once when closed."""
        with self._changed:
            if self.number == seen and not self._closed:
                self._changed.wait(timeout_s)
            return self.number

    def close(self) -> None:
        """Nobody is woken by changes any more; returns when the thread has ended."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._listeners and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
            try:
                value: int | None = self._look()
            except KentonganError as error:  # goes on: the file may be readable again, and screens show their age
                log.error("nobody can see what changed", extra={"error": str(error)})
                value = self._seen
            with self._changed:
                if value != self._seen:
                    self._seen = value
                    self.number += 1
                    self._changed.notify_all()
            time.sleep(LOOK_EVERY_S)


class Shared(Generic[T]):
    """What many streams show, made once for each number of the pulse and each span of `again_s`."""

    def __init__(
        self, pulse: Pulse, make: Callable[[], T], again_s: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._pulse, self._make, self._again_s, self._monotonic = pulse, make, again_s, monotonic
        self._making = threading.Lock()
        self._held: tuple[tuple[int, int], T] | None = None

    def now(self) -> T:
        """The thing of now; whoever asks while it is being made gets the same."""
        with self._making:
            key = (self._pulse.number, int(self._monotonic() / self._again_s))
            if self._held is None or self._held[0] != key:
                self._held = (key, self._make())
            return self._held[1]
