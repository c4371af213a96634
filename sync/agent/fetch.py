"""How much of a document to ask for next, and when: pure.

A piece is as large as the line carries in about half a second, so that an acknowledgement or an answer to an alert
never waits behind more than that. The first guess is the round trip (a kilobyte where it is half a second, 32 where
it is a local network's); after that each answer is its own measurement. Only on a line that carries the largest piece
at once are several asked for, because there the way back and forth is what costs.
"""

from __future__ import annotations

import msgspec

from sync.wire.downlink import PIECE_LEAST_BYTES, PIECE_MOST_BYTES, PIECES_MOST

GROW_BELOW_S = 0.25
SHRINK_ABOVE_S = 1.0
YIELD_MOST_S = 30.0


class Asked(msgspec.Struct, frozen=True):
    """What is under way: bytes of a document up to `through`, asked for at `at_s` (monotonic)."""

    document: int
    through: int
    at_s: float


def first_piece_bytes(round_trip_s: float | None) -> int:
    """The size to begin with: halved for each doubling of the trip over 16 ms; the least when nothing was measured."""
    if round_trip_s is None:
        return PIECE_LEAST_BYTES
    size, trip_s = PIECE_MOST_BYTES, 0.016
    while trip_s < round_trip_s and size > PIECE_LEAST_BYTES:
        size, trip_s = size // 2, trip_s * 2
    return size


def next_piece_bytes(piece_bytes: int, took_s: float) -> int:
    """The size after an answer that took this long."""
    if took_s < GROW_BELOW_S:
        return min(PIECE_MOST_BYTES, piece_bytes * 2)
    return max(PIECE_LEAST_BYTES, piece_bytes // 2) if took_s > SHRINK_ABOVE_S else piece_bytes


def pieces(piece_bytes: int, left_bytes: int) -> int:
    """How many to ask for at once."""
    most = PIECES_MOST if piece_bytes == PIECE_MOST_BYTES else 1
    return max(1, min(most, -(-left_bytes // piece_bytes)))


def may_ask(alarms_waiting: int, service_waiting: int, yielded_s: float) -> bool:
    """Never while an alarm waits; tickets go first too, but a counter that never rests delays by half a minute only."""
    return not alarms_waiting and (not service_waiting or yielded_s >= YIELD_MOST_S)
