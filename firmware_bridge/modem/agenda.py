"""What a modem that has nothing to do is asked next, and whether a text may be offered to it. Pure.

Acknowledgements come first, since the network waits for them; then texts; then places in the memory are freed, new
ones read, and every half minute the modem is looked at (every 5 s while it has no network).
"""

from __future__ import annotations

from collections import deque

from firmware_bridge.modem import set_up
from firmware_bridge.modem.answers import Final, Routing
from firmware_bridge.modem.known import Known
from firmware_bridge.modem.mailbox import Mailbox
from firmware_bridge.modem.set_up import Question

LOOK_MS = 30_000
LOOK_SEARCHING_MS = 5_000
BLIND_MS = 60_000  # then a text is tried although the modem says that it has no network: it may be wrong


class Agenda:
    """Used by one thread."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._questions: deque[Question] = deque()
        self._look_ms = 0
        self._searching_since_ms: int | None = None
        self._routing: Routing | None = None

    def start(self, now_ms: int) -> None:
        """The modem has just been set up: all of it is looked at, and what came in meanwhile is read."""
        self.forget()
        self._look_ms, self._routing = now_ms, None
        self._questions.append(set_up.LIST_STORED)

    def forget(self) -> None:
        """The modem must be set up first."""
        self._mailbox.reset()
        self._questions.clear()

    def stored(self, memory: str) -> None:
        """Something came into this memory."""
        self._questions += (set_up.memory(memory), set_up.LIST_STORED)

    def urgent(self, known: Known) -> Question | None:
        """What must be asked before any text is offered."""
        if known.acknowledges or not self._mailbox.unacknowledged:
            return None
        self._mailbox.unacknowledged -= 1
        return set_up.ACKNOWLEDGE

    def may_send(self, known: Known, now_ms: int) -> bool:
        """Whether a text that is due should be offered now."""
        if known.is_registered:
            self._searching_since_ms = None
            return True
        if self._searching_since_ms is None:
            self._searching_since_ms = now_ms
        return now_ms - self._searching_since_ms >= BLIND_MS

    def next(self, known: Known, now_ms: int) -> Question | None:
        """What is asked when no text is due; None when nothing is."""
        if self._mailbox.read_indexes:
            return set_up.forget(self._mailbox.read_indexes.pop())
        if not self._questions and now_ms >= self._look_ms:
            self._questions.extend(set_up.LOOK_ROUND)
            self._look_ms = now_ms + (LOOK_MS if known.is_registered else LOOK_SEARCHING_MS)
        return self._questions.popleft() if self._questions else None

    def is_sim_gone(self, asked: Question | None, final: Final, known: Known) -> bool:
        """Whether this answer says that the SIM cannot be used any more."""
        return asked == set_up.SIM_STATE and not (final.ok and known.is_sim_ready)

    def is_round_done(self, asked: Question | None) -> bool:
        """Whether the last question of a look has been answered."""
        return asked == set_up.LOOK_ROUND[-1]

    def is_routing_lost(self, known: Known) -> bool:
        """Whether AT+CNMI? shows something else than it did first; not every modem shows what it was told."""
        first, self._routing = self._routing, self._routing or known.routing
        return first is not None and first != known.routing
