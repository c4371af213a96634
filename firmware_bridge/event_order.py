"""Which of a box's events have been read and decided: the counters of one boot, in order and each once.

A box numbers its events from 1 in each boot and repeats what was not acknowledged. An event is read when every one
before it that the box still holds has been read; a known one is acknowledged again if it was decided. What a box had
to forget for want of room is a hole that never closes, and the reader must know of it. Pure.
"""

from __future__ import annotations

from enum import Enum, auto


class Arrival(Enum):
    NEW = auto()
    EARLY = auto()  # one before it was lost; both come again
    UNDECIDED = auto()  # known, and not yet to be forgotten by the box
    DECIDED = auto()  # known, and its acknowledgement was lost


class EventOrder:
    """For one boot of one box. `forgotten` is the newest event that it had no room to keep (0: none)."""

    def __init__(self, forgotten: int = 0) -> None:
        self.forgotten = forgotten
        self._next: int | None = None  # None until the first has been read: what came before was an earlier host's
        self._undecided: dict[str, list[int]] = {}

    def arrived(self, name: str, counter: int, before: int) -> Arrival:
        """Takes an event of the input or part `name`; `before` is the one that the box holds before it (0: none)."""
        if self._next is not None and counter < self._next:
            return Arrival.UNDECIDED if counter in self._undecided.get(name, []) else Arrival.DECIDED
        if before >= max(self._next or 1, self.forgotten + 1):
            return Arrival.EARLY
        self._next = counter + 1
        self._undecided.setdefault(name, []).append(counter)
        return Arrival.NEW

    def decided(self, name: str) -> list[int]:
        """Every event read of `name` has had its effect; these may now be acknowledged."""
        return self._undecided.pop(name, [])

    def has_all(self, newest: int) -> bool:
        """Whether everything up to this counter has been read; 0 is nothing."""
        return newest < (self._next or 1)

    def forgot(self, forgotten: int) -> bool:
        """The box has forgotten events up to this one; whether any of them had not been read."""
        unread = forgotten > self.forgotten and not self.has_all(forgotten)
        self.forgotten = max(self.forgotten, forgotten)
        if unread:
            self._next = forgotten + 1
        return unread
