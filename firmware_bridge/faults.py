"""What is wrong with the box and its paths now, and one health event when a fault begins and one when it ends.

A fault is a flag beside the alarm's states: it is told, and never blocks a press. What a part says of itself counts
only once it has stood for its time: a line that is lost for less than two seconds is its own reopening and no fault.
Nothing is written here: the events are taken by whoever owns the disk. One that the disk refuses is logged and not
tried again; the flag goes on being shown every second, so nothing is hidden.

What is wrong with a silent input is told to the post and to nobody at the box: a screen that says that it is held down
would betray the hand on it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence

import msgspec

LINE = "line"
_AFTER_MS = 2_000
# A modem takes some twenty seconds from its power to a network. One that falls silent is found out by the next look, up
# to 40 s later; with as much again it is told within the 90 s of EN 50136. A receiver's client counts its own misses.
FAULT_AFTER_MS: Mapping[str, int] = {"modem": 40_000, "dc09": 0, "ladder": 0, "codes": 0}

log = logging.getLogger("bridge.faults")


class FaultEvent(msgspec.Struct, frozen=True):
    """A health event to be written."""

    kind: str
    body: dict[str, object]


class _Standing(msgspec.Struct):
    words: tuple[str, ...]
    since_ms: int
    told: bool = False


class FaultBook:
    """Used by one thread. `silent` names the inputs of which the box shows nothing."""

    def __init__(self, silent: Collection[str] = ()) -> None:
        self._silent = silent
        self._stuck: list[str] = []
        self._absent: list[str] = []
        self._standing: dict[str, _Standing] = {}
        self._events: list[FaultEvent] = []

    def words(self) -> list[str]:
        """Every fault that stands now and may be shown at the box, for people."""
        stuck = [f"tombol {name} macet" for name in self._stuck if name not in self._silent]
        absent = [f"tombol {name} tidak ada di kotak" for name in self._absent if name not in self._silent]
        return stuck + absent + [word for one in self._standing.values() if one.told for word in one.words]

    def take_events(self) -> list[FaultEvent]:
        """What is to be written since the last call, in order."""
        events, self._events = self._events, []
        return events

    def stuck(self, name: str) -> None:
        if name not in self._stuck:
            self._stuck.append(name)
            self._tell("box.fault", {"input": name, "fault": "stuck"})

    def freed(self, name: str) -> None:
        if name in self._stuck:
            self._stuck.remove(name)
            self._tell("box.recovered", {"input": name, "fault": "stuck"})

    def absent(self, names: Sequence[str]) -> None:
        """Buttons of the settings that the box does not have."""
        for name in sorted(set(names) ^ set(self._absent)):
            kind = "box.fault" if name in names else "box.recovered"
            self._tell(kind, {"input": name, "fault": "absent"})
        self._absent = list(names)

    def line(self, faults: Sequence[str], now_ms: int) -> None:
        """What the line to the box says of itself now."""
        self.part(LINE, faults, now_ms)

    def part(self, name: str, faults: Sequence[str], now_ms: int) -> None:
        """What a part says of itself now; told once it has stood for its time (`FAULT_AFTER_MS`, else two seconds)."""
        standing = self._standing.get(name)
        if not faults:
            self._standing.pop(name, None)
            if standing is not None and standing.told:
                self._tell("box.recovered", {"fault": name, "words": "; ".join(standing.words)})
            return
        if standing is None:
            standing = self._standing[name] = _Standing((), now_ms)
        standing.words = tuple(faults)
        if not standing.told and now_ms - standing.since_ms >= FAULT_AFTER_MS.get(name, _AFTER_MS):
            standing.told = True
            self._tell("box.fault", {"fault": name, "words": "; ".join(faults)})

    def _tell(self, kind: str, body: dict[str, object]) -> None:
        log.warning(kind, extra=body)
        self._events.append(FaultEvent(kind, body))
