"""How the line of each kiosk of the hall is, in memory: a heartbeat a second would wear the card and say nothing.

After a restart it is not known how long somebody has been away, and that is what is said then.
"""

from __future__ import annotations

import threading

import msgspec

from kiosk.core.clock import Moment
from kiosk.core.hall.link import Link, LinkEvent, LinkState


class Seen(msgspec.Struct, frozen=True):
    """A kiosk at the other end: its line, the numbers it has left of the scarcest series, its tickets not yet taken."""

    device: str
    link: Link
    free: int | None = None
    unmerged: int = 0

    @property
    def name(self) -> str:
        """`k2` of `31.74.05.1001-k2`."""
        return self.device.rpartition("-")[2]


class HallWatch:
    """Thread-safe. `began` is when this daemon did."""

    def __init__(self, began: Moment) -> None:
        self._began, self._lock = began, threading.Lock()
        self._seen: dict[str, Seen] = {}

    def note(
        self, device: str, event: LinkEvent, now: Moment, free: int | None = None, unmerged: int = 0, why: str = ""
    ) -> None:
        """Something happened on the line to a kiosk; without `free` the figures stay as they were."""
        with self._lock:
            held = self._current(device, now)
            link = held.link.after(event, now.wall_ms, now.mono_ms, why)
            heard = event is LinkEvent.HEARD
            self._seen[device] = Seen(
                device, link, free if heard and free is not None else held.free, unmerged if heard else held.unmerged
            )

    def of(self, device: str, now: Moment) -> Seen:
        """The kiosk as it is now."""
        with self._lock:
            held = self._current(device, now)
            if held.link.state is not LinkState.NEW:
                self._seen[device] = held
            return held

    def _current(self, device: str, now: Moment) -> Seen:
        held = self._seen.get(device) or Seen(device, Link(LinkState.NEW, self._began.wall_ms))
        return msgspec.structs.replace(held, link=held.link.looked_at(now.wall_ms, now.mono_ms))
