"""The events that the host has not acknowledged, in memory that is taken once at start and never again.

An event has a counter, from 1 in each boot. The host acknowledges each wire by itself, so the ring may have holes; when
it is full the oldest is forgotten, and `forgotten` says up to where. EN 50131 grade 4 asks for 1,000 events.
"""

import struct

PLACES = 1024
_SLOT = ">IQBBH"  # counter (0: free), at_ms, kind, input, value
_SLOT_BYTES = 16
_GROUPS = (0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4)  # of the kinds in `messages`


class Ring:
    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._slots = bytearray(places * _SLOT_BYTES)
        self._oldest = 1  # nothing below it is held
        self._next = 1
        self.forgotten = 0

    def add(self, at_ms: int, kind: int, place: int, value: int) -> int:
        """Keeps an event and returns its counter."""
        counter = self._next
        self._next += 1
        if counter - self._oldest >= self._places:
            if self.is_held(self._oldest):
                self.forgotten = self._oldest
            self._advance(self._oldest + 1)
        struct.pack_into(_SLOT, self._slots, self._at(counter), counter, at_ms, kind, place, value & 0xFFFF)
        return counter

    def is_held(self, counter: int) -> bool:
        return counter > 0 and self._counter_at(counter) == counter

    def release(self, counter: int) -> None:
        """Acknowledged, and with it every older event of the same wire: the host decides about a wire's events in
        order. What is held of a wire so is always its newest part; were a tap's release let go and its start kept
        because one acknowledgement was lost, the start and some later release would look like a long hold."""
        if not self._oldest <= counter < self._next or not self.is_held(counter):
            return
        wire = self._wire(counter)
        found = self.oldest()
        while found and found <= counter:
            if self._wire(found) == wire:
                struct.pack_into(">I", self._slots, self._at(found), 0)
            found = self.held_after(found)
        self._advance(self._oldest)

    def held_after(self, counter: int) -> int:
        """The next one that is held behind this counter; 0 when there is none."""
        found = max(counter + 1, self._oldest)
        while found < self._next:
            if self.is_held(found):
                return found
            found += 1
        return 0

    def held_before(self, counter: int) -> int:
        """The last one in front of this counter that is held or was forgotten; 0 when there is none."""
        found = counter - 1
        while found >= self._oldest:
            if self.is_held(found):
                return found
            found -= 1
        return self.forgotten

    def oldest(self) -> int:
        """The oldest that is held; 0 when there is none."""
        return self.held_after(0)

    def newest(self) -> int:
        """The newest that is held; 0 when there is none."""
        found = self.held_before(self._next)
        return found if self.is_held(found) else 0

    def count(self) -> int:
        found, held = self.oldest(), 0
        while found:
            found, held = self.held_after(found), held + 1
        return held

    def event(self, counter: int) -> tuple[int, int, int, int]:
        """at_ms, kind, input and value of one that is held."""
        _, at_ms, kind, place, value = struct.unpack_from(_SLOT, self._slots, self._at(counter))
        return at_ms, kind, place, value

    def _wire(self, counter: int) -> tuple[int, int]:
        """What an event is about: the edges of one input, the state of one loop, the lid, the supply …"""
        _, kind, place, _ = self.event(counter)
        return _GROUPS[kind] if kind < len(_GROUPS) else kind, place

    def _at(self, counter: int) -> int:
        return counter % self._places * _SLOT_BYTES

    def _counter_at(self, counter: int) -> int:
        (held,) = struct.unpack_from(">I", self._slots, self._at(counter))
        return int(held)

    def _advance(self, oldest: int) -> None:
        while oldest < self._next and not self.is_held(oldest):
            oldest += 1
        self._oldest = oldest
