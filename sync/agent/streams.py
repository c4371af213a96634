"""The lanes of one connection: how far each is sent and proven, and when the central has been silent too long.

An acknowledgement proves only what was sent on this connection; only the answer to a hello says where a lane goes on.
What the central proves to hold is told to the duty and marked in the store before anything else happens with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from kiosk.core.event import START_HASH, Event, Lane
from kiosk.store.journal import following
from kiosk.store.outbox import backlogs
from sync.agent.duty import Duty
from sync.plan import LanePlan, Window, fill, is_overdue, resume, size_of, time_out_s
from sync.uplink import Uplink


class Streams:
    """Used by its link's owner thread only; `round_trip_s` may be read by others."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._store = duty, duty.store
        self._in_vain = 0
        self.begin()

    def begin(self) -> None:
        """A new connection: nothing is known until the central has answered."""
        self.round_trip_s: float | None = None
        self.uplink = Uplink()
        self._trip_s: float | None = None  # the shortest seen: the way without a load
        self._plans: dict[Lane, LanePlan] = {}
        self._progress_s = 0.0

    def resume(self, lane: Lane, through: int) -> bool:
        """Goes on behind the central's cursor. False when the central holds more than this database: then the lane is
        not ours to send on, and nothing of it is proven."""
        if through > backlogs(self._store)[lane].last_seq:
            self._plans.pop(lane, None)
            return False
        self._plans[lane] = resume(through)
        self._hold(lane, through)
        return True

    def is_anothers(self, lane: Lane, through: int, head: str) -> bool:
        """Whether what the central holds up to its cursor is not what this journal says: a copy of us wrote it."""
        ours, _ = following(self._store, lane, through, 0)
        return bool(head) and ours != START_HASH and ours.hex() != head

    def tell_all(self, lane: Lane, through: int) -> None:
        """Goes on behind what the central had proven to us: it keeps what differs as well, and nothing else is held."""
        self._plans[lane] = resume(min(through, backlogs(self._store)[lane].acknowledged_seq))

    def rewind(self, lane: Lane, from_seq: int) -> None:
        """Goes back to an event that was sent before: the central asks for it again."""
        if lane in self._plans:
            self._plans[lane] = resume(from_seq - 1)

    def proceed(self, lane: Lane, through: int) -> bool:
        """Takes an acknowledgement. False when it says less than an earlier one."""
        plan = self._plans.get(lane)
        if plan is None:
            return True
        through = min(through, plan.handed)
        if through <= plan.acknowledged:
            return through == plan.acknowledged
        now_s, oldest_s = time.monotonic(), plan.oldest_s()
        if oldest_s is not None:
            self.measure(now_s - oldest_s)
            proven_bytes = sum(sent.wire_bytes for sent in plan.under_way if sent.through <= through)
            distance_s = self._trip_s or 0.0 if oldest_s >= self._progress_s else 0.0
            self.uplink = self.uplink.proven(proven_bytes, now_s - max(oldest_s, self._progress_s), distance_s)
        self._progress_s, self._in_vain = now_s, 0
        self._plans[lane] = plan.acknowledge(through)
        self._hold(lane, through)
        return True

    def _hold(self, lane: Lane, through: int) -> None:
        if through > backlogs(self._store)[lane].acknowledged_seq:
            self._duty.held_by_central(lane, through)

    def measure(self, seconds: float) -> None:
        held = self.round_trip_s
        self.round_trip_s = seconds if held is None else 0.8 * held + 0.2 * seconds
        self._trip_s = seconds if self._trip_s is None else min(self._trip_s, seconds)

    @property
    def window(self) -> Window:
        """The duty's limits; where its messages are batches, as large as this link bears."""
        limits = self._duty.limits()
        return self.uplink.window(limits, self._trip_s) if self._duty.patient else limits

    def next_due(self, lane: Lane) -> tuple[bytes, list[Event]]:
        """The events of the next message and the hash they follow; none when the window is full or nothing waits."""
        plan, window = self._plans.get(lane), self.window
        if plan is None or sum(len(held.under_way) for held in self._plans.values()) >= window.in_flight_most:
            return START_HASH, []
        before, rows = following(self._store, lane, plan.handed, window.events_most)
        return before, rows[: fill(rows, window)]

    def sent(self, lane: Lane, chosen: Sequence[Event], wire_bytes: int) -> None:
        self._plans[lane] = self._plans[lane].send(chosen[-1].seq, time.monotonic(), wire_bytes)
        self.uplink = self.uplink.left(size_of(chosen), wire_bytes)

    def is_overdue(self, now_s: float) -> bool:
        limit_s = time_out_s(self.round_trip_s, self._in_vain)
        return is_overdue(self._plans.values(), self._progress_s, now_s, limit_s)

    def give_up(self) -> None:
        """The central was silent too long; a patient duty waits longer the next time, until something is proven."""
        self._in_vain += self._duty.patient and bool(self._plans)
