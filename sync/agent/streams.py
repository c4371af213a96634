"""The lanes of one connection: how far each is sent and proven, and when the central has been silent too long.

An acknowledgement proves only what was sent on this connection; only the answer to a hello says where a lane goes on.
What the central proves to hold is told to the duty and marked in the store by `hold`; until then nothing is claimed.
"""

from __future__ import annotations

import time

from kiosk.core.event import START_HASH, Event, Lane
from kiosk.store.journal import following
from kiosk.store.outbox import backlogs
from sync.agent.duty import Duty
from sync.agent.packed import Packed
from sync.plan import LanePlan, Window, fill, is_overdue, resume, time_out_s
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
        self._proven: dict[Lane, int] = {}  # and not marked yet
        self._progress_s = 0.0

    def resume(self, lane: Lane, through: int) -> bool:
        """Goes on behind the central's cursor. False when the central holds more than this database: then the lane is
        not ours to send on, and nothing of it is proven."""
        if through > backlogs(self._store)[lane].last_seq:
            self._plans.pop(lane, None)
            return False
        self._plans[lane] = resume(through)
        self._proven[lane] = through
        self.hold()
        return True

    def is_anothers(self, lane: Lane, through: int, head: str) -> bool:
        """Whether what the central holds up to its cursor is not what this journal says: a copy of us wrote it."""
        ours, _ = following(self._store, lane, through, 0)
        return bool(head) and ours != START_HASH and ours.hex() != head

    def tell_all(self, lane: Lane, through: int) -> None:
        """Goes on behind what the central had proven to us: it keeps what differs as well, and nothing else is held.

        Where two send in one name at once an acknowledgement may have been for the other's event of the same number, so
        what may on no account be lost is told again all the same.
        """
        behind = [through, backlogs(self._store)[lane].acknowledged_seq]
        if (again := self._duty.tell_again_from(lane)) is not None:
            behind.append(again - 1)
        self._plans[lane] = resume(min(behind))

    def rewind(self, lane: Lane, from_seq: int) -> None:
        """Goes back to an event that was sent before: the central asks for it again."""
        if lane in self._plans:
            self._plans[lane] = resume(from_seq - 1)

    def proceed(self, lane: Lane, through: int) -> bool:
        """Takes an acknowledgement; `hold` marks it. False when it says less than an earlier one."""
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
        self._proven[lane] = through
        return True

    def hold(self) -> None:
        """Marks what was proven; on disk when this returns."""
        while self._proven:
            lane, through = self._proven.popitem()
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

    def is_full(self) -> bool:
        """Whether as much is under way as the window allows."""
        return sum(len(held.under_way) for held in self._plans.values()) >= self.window.in_flight_most

    def next_due(self, lane: Lane) -> tuple[bytes, list[Event]]:
        """The events of the next message and the hash they follow; none when nothing waits."""
        plan, window = self._plans.get(lane), self.window
        if plan is None:
            return START_HASH, []
        before, rows = following(self._store, lane, plan.handed, window.events_most)
        return before, rows[: fill(rows, window)]

    def is_due(self, packed: Packed) -> bool:
        """Whether a message that was packed earlier is still what comes next on its lane, and small enough."""
        plan = self._plans.get(packed.lane)
        return plan is not None and packed.first == plan.handed + 1 and packed.fits(self.window)

    def sent(self, packed: Packed) -> None:
        """It was handed to the socket."""
        lane, wire_bytes = packed.lane, len(packed.data)
        self._plans[lane] = self._plans[lane].send(packed.through, time.monotonic(), wire_bytes)
        self.uplink = self.uplink.left(packed.rows_bytes, wire_bytes)

    def is_overdue(self, now_s: float) -> bool:
        limit_s = time_out_s(self.round_trip_s, self._in_vain)
        return is_overdue(self._plans.values(), self._progress_s, now_s, limit_s)

    def give_up(self) -> None:
        """The central was silent too long; a patient duty waits longer the next time, until something is proven."""
        self._in_vain += self._duty.patient and bool(self._plans)
