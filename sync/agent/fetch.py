"""How much of a document to ask for at once, and when: pure.

As much as the line carries in about half a second, so that an acknowledgement or an answer to an alert never waits
behind more than that. The first guess is the round trip (a kilobyte where it is half a second, 32 where it is a local
network's); after that each answer is its own measurement, the round trip subtracted: on a long line that is fast, the
way costs and not the bytes. Since the round trip is measured on the same line and grows when the line is full, it
excuses no answer that takes more than two seconds.
"""

from __future__ import annotations

import msgspec

from sync.wire.downlink import PIECE_LEAST_BYTES, PIECE_MOST_BYTES, PIECES_MOST

AT_ONCE_MOST_BYTES = PIECE_MOST_BYTES * PIECES_MOST
GROW_BELOW_S, SHRINK_ABOVE_S = 0.25, 1.0  # of sending alone: half a second lies between doubling and halving
GROW_WITHIN_S, SHRINK_BEYOND_S = 1.0, 2.0  # of the whole answer
YIELD_MOST_S = 30.0


class Asked(msgspec.Struct, frozen=True):
    """What is under way: bytes of a document up to `through`, asked for at `at_s` (monotonic)."""

    document: int
    through: int
    at_s: float
    round_trip_s: float


def first_bytes(round_trip_s: float | None) -> int:
    """How much to begin with: halved for each doubling of the trip over 16 ms; the least when nothing was measured."""
    if round_trip_s is None:
        return PIECE_LEAST_BYTES
    size, trip_s = PIECE_MOST_BYTES, 0.016
    while trip_s < round_trip_s and size > PIECE_LEAST_BYTES:
        size, trip_s = size // 2, trip_s * 2
    return size


def next_bytes(at_once_bytes: int, took_s: float, round_trip_s: float) -> int:
    """How much after an answer of that size took this long."""
    sending_s = took_s - round_trip_s
    if sending_s > SHRINK_ABOVE_S or took_s > SHRINK_BEYOND_S:
        return max(PIECE_LEAST_BYTES, at_once_bytes // 2)
    grows = sending_s < GROW_BELOW_S and took_s < GROW_WITHIN_S
    return min(AT_ONCE_MOST_BYTES, at_once_bytes * 2) if grows else at_once_bytes


def pieces(at_once_bytes: int, left_bytes: int) -> tuple[int, int]:
    """Size and number of the pieces to ask for."""
    piece_bytes = min(at_once_bytes, PIECE_MOST_BYTES)
    return piece_bytes, max(1, min(at_once_bytes // piece_bytes, -(-left_bytes // piece_bytes)))


def may_ask(alarms_waiting: int, service_waiting: int, yielded_s: float) -> bool:
    """Never while an alarm waits; tickets go first too, but a counter that never rests delays by half a minute only."""
    return not alarms_waiting and (not service_waiting or yielded_s >= YIELD_MOST_S)
