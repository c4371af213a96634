"""A counter (loket) as the queue sees it: which services it calls, and who may touch what there. Pure.

A counter calls its own services. Beyond the longest wait it also takes whatever belongs to its agencies, so that a
counter that stayed closed today starves nobody; another agency's people it can never take.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.errors import NotAllowed


class CounterState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Desk(msgspec.Struct, frozen=True):
    """An officer at a counter. `services` are called there; `reachable` are all services of its agencies."""

    counter: int
    officer: str
    services: frozenset[str]
    reachable: frozenset[str]

    @property
    def pool(self) -> str:
        """Names the turns that this counter shares with those that call the same services."""
        return ",".join(sorted(self.services))

    def require_reach(self, service: str, number: str) -> None:
        """Raises NotAllowed for what another agency serves."""
        if service not in self.reachable:
            raise NotAllowed(f"Nomor {number} milik instansi lain dan tidak dapat dilayani di loket {self.counter}.")

    def may_call(self, service: str, for_counter: int | None, waited_s: float, longest_wait_s: float) -> bool:
        """Whether "call next" at this counter may come to a ticket."""
        if for_counter is not None:
            return for_counter == self.counter
        return service in self.services or (service in self.reachable and waited_s >= longest_wait_s)
