"""What to send next: pure arithmetic over cursors, the window and time.

The window is counted in *central acknowledgements*: a batch is in flight until the central has committed it. The alarm
lane sends one event a message; the others send batches of at most `events_most` events and about `bytes_most` bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from kiosk.core.event import Event


class Window(msgspec.Struct, frozen=True):
    """Limits of one connection."""

    in_flight_most: int = 4
    events_most: int = 1_000
    bytes_most: int = 240_000


class Sent(msgspec.Struct, frozen=True):
    """One message under way: its last seq, when it left in monotonic seconds, and its size."""

    through: int
    at_s: float
    wire_bytes: int = 0


class LanePlan(msgspec.Struct, frozen=True):
    """One lane: held by the central, handed to the broker, and what is under way."""

    acknowledged: int
    handed: int
    under_way: tuple[Sent, ...] = ()

    def acknowledge(self, through: int) -> LanePlan:
        """After an acknowledgement; one that says less than is known changes nothing."""
        if through <= self.acknowledged:
            return self
        rest = tuple(sent for sent in self.under_way if sent.through > through)
        return LanePlan(through, max(self.handed, through), rest)

    def send(self, through: int, at_s: float, wire_bytes: int = 0) -> LanePlan:
        return LanePlan(self.acknowledged, through, (*self.under_way, Sent(through, at_s, wire_bytes)))

    def oldest_s(self) -> float | None:
        """When the oldest unacknowledged message left, or None."""
        return self.under_way[0].at_s if self.under_way else None


def resume(acknowledged: int) -> LanePlan:
    """Where a new connection begins: what the central said it holds."""
    return LanePlan(acknowledged=acknowledged, handed=acknowledged)


def fill(events: Sequence[Event], window: Window) -> int:
    """How many of the next events fit one message; at least one when there is any."""
    size, count = 0, 0
    for event in events[: window.events_most]:
        size += _row_bytes(event)
        if count and size > window.bytes_most:
            break
        count += 1
    return count


def size_of(events: Iterable[Event]) -> int:
    """About how many bytes of JSON these events are."""
    return sum(_row_bytes(event) for event in events)


def _row_bytes(event: Event) -> int:
    return len(event.body) + len(event.kind) + 40  # the row's numbers and punctuation


def time_out_s(round_trip_s: float | None, failed: int = 0) -> float:
    """How long to wait for the central before the socket is given up: 5 to 60 s, eight times the measured trip.

    Doubled for each time that it was in vain: on a line so slow that a batch takes longer than eight small messages,
    the same patience would give up the same batch for ever.
    """
    first_s = min(60.0, max(5.0, 8 * round_trip_s)) if round_trip_s is not None else 10.0
    return min(60.0, first_s * 2.0 ** min(failed, 16))


def is_overdue(plans: Iterable[LanePlan], progress_s: float, now_s: float, limit_s: float) -> bool:
    """Whether something is under way and nothing has moved for `limit_s`; `progress_s`: when a cursor last did."""
    waiting_s = [at_s for plan in plans if (at_s := plan.oldest_s()) is not None]
    return bool(waiting_s) and now_s - max(progress_s, min(waiting_s)) > limit_s


def back_off_s(failures: int, chance: float) -> float:
    """Full jitter: a random share (`chance` in [0, 1)) of 0.5 s doubled per failure, at most 30 s, at least 0.1 s."""
    return 0.1 + chance * min(30.0, 0.5 * 2.0 ** min(failures, 16))
