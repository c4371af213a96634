"""Live pages by server-sent events: a new frame whenever a cheap mark changes.

One thread a stream is enough for a hall of screens if streams are few, short and capped (200 of them from one process
were measured to work; with too few threads both streams and pages die): over the cap the answer is 503 with
Retry-After and the page polls. Streams end after five minutes, so that a half-dead one cannot stay; the browser
reconnects by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Response
from werkzeug.exceptions import ServiceUnavailable

from kiosk.http.pulse import Pulse

HEARTBEAT_S = 5.0
LOOK_EVERY_S = 0.05
LIFETIME_S = 300.0


class Streams:
    """The streams of one server, never more than `most` at once. With a `pulse` they are woken instead of looking."""

    def __init__(self, most: int = 32, pulse: Pulse | None = None) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._closing = threading.Event()
        self.pulse = pulse

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def close(self) -> None:
        """Ends every stream soon; the server is stopping."""
        self._closing.set()
        if self.pulse is not None:
            self.pulse.close()

    def open(self, mark: Callable[[], int], render: Callable[[], str], again_s: float | None = None) -> Response:
        """Streams `render()` at once and again whenever `mark()` changes and the text differs.

        `again_s` renders anew at least that often, for pages that show ages. Raises 503 when all places are taken.
        """
        return self.carry(lambda: self._frames(mark, lambda _: self._closing.wait(LOOK_EVERY_S), render, again_s))

    def open_on_pulse(self, render: Callable[[], str], again_s: float) -> Response:
        """As `open`, woken by the pulse. Raises 503 when all places are taken."""
        pulse = self.pulse
        assert pulse is not None, "these streams were made without a pulse"

        def wait(seen: int) -> object:
            return pulse.wait(seen, min(again_s, HEARTBEAT_S))

        def frames() -> Iterator[str]:
            with pulse:
                yield from self._frames(lambda: pulse.number, wait, render, again_s)

        return self.carry(frames)

    def carry(self, frames: Callable[[], Iterator[str]]) -> Response:
        """An answer that streams `frames()`, in one of the places. Raises 503 when all are taken."""
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(retry_after=3)
        response = Response(frames(), content_type="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.headers["Cache-Control"] = "no-store"
        response.call_on_close(self._places.release)
        return response

    def _frames(
        self, mark: Callable[[], int], wait: Callable[[int], object], render: Callable[[], str], again_s: float | None
    ) -> Iterator[str]:
        yield "retry: 1000\n\n"
        began = rendered = spoke = time.monotonic()
        seen: int | None = None
        shown: str | None = None
        while not self._closing.is_set() and time.monotonic() - began < LIFETIME_S:
            now, marked = time.monotonic(), mark()
            if marked != seen or (again_s is not None and now - rendered >= again_s):
                seen, rendered, text = marked, now, render()
                if text != shown:
                    shown, spoke = text, now
                    yield data_frame(text)
            if now - spoke >= HEARTBEAT_S:
                spoke = now
                yield ": heartbeat\n\n"
            wait(marked)


def data_frame(text: str, event: str = "", id_: str = "") -> str:
    """One server-sent event."""
    head = (f"event: {event}\n" if event else "") + (f"id: {id_}\n" if id_ else "")
    return head + "".join(f"data: {line}\n" for line in text.split("\n")) + "\n"
