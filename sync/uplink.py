"""How large a batch may be: about one second of what the way up has been seen to carry. Pure.

A batch that takes longer than a second keeps an alarm waiting on a shared radio link, and a time-out near; one that is
much smaller pays a signature, an acknowledgement and a commit for little. Nothing is asked of the network: the central
acknowledges after its commit, so bytes acknowledged over the time that passed are what the whole way bears, commit
included. Every connection begins as if it were GPRS, because the one before may have been another network, and doubles
its size within a few acknowledgements where there is room.

How much a batch shrinks in packing is learnt the same way. The window says how many rows may go, in bytes of JSON.
"""

from __future__ import annotations

import math

import msgspec

from sync.plan import Window

AIM_S = 1.0
# From 2G to a LAN. One signature (64 bytes) is 6 % of the smallest; the largest is what the wire format was sized for.
BATCH_LEAST_BYTES, BATCH_MOST_BYTES = 1_024, 65_536
# What is under way is what an alarm meets on its way, at the central as on the line. Two keep a LAN as busy as four did
# (one is read while the other is committed), and an alarm's slowest hundredth came from 40 ms down to 25. A long way
# needs more: as many as fill it.
IN_FLIGHT_LEAST, IN_FLIGHT_MOST = 2, 4
# A batch must fit its envelope (262,144 bytes) even if nothing of it can be packed.
ROWS_MOST_BYTES = 240_000

_START_BYTES_PER_S = 1_500.0  # GPRS with some luck
_FASTER, _SLOWER = 0.3, 0.5  # share of a new measurement: a link that became slow must be believed sooner
_GROWTH_MOST = 4.0  # acknowledgements that come in one packet look like an endless link
_ELAPSED_LEAST_S = 0.001


class Uplink(msgspec.Struct, frozen=True):
    """What one connection has seen so far. `packed`: bytes on the wire for each byte of rows, as `sync.plan` counts."""

    bytes_per_s: float = _START_BYTES_PER_S
    packed: float = 0.5
    measured: bool = False

    def left(self, rows_bytes: int, wire_bytes: int) -> Uplink:
        """After a batch was packed."""
        seen = min(1.5, max(0.02, wire_bytes / max(1, rows_bytes)))
        return msgspec.structs.replace(self, packed=(self.packed + seen) / 2)

    def proven(self, wire_bytes: int, elapsed_s: float, trip_s: float) -> Uplink:
        """After an acknowledgement: these bytes took `elapsed_s` since the way was last seen busy or, when it lay idle,
        since they left; then `trip_s` of it (0 otherwise) was distance and not size."""
        if wire_bytes <= 0:
            return self
        busy_s = max(_ELAPSED_LEAST_S, elapsed_s - trip_s, elapsed_s / 8)
        seen = min(wire_bytes / busy_s, self.bytes_per_s * _GROWTH_MOST)
        share = _SLOWER if seen < self.bytes_per_s else _FASTER
        smoothed = self.bytes_per_s + share * (seen - self.bytes_per_s)
        return msgspec.structs.replace(self, bytes_per_s=smoothed, measured=True)

    @property
    def batch_bytes(self) -> int:
        """What the next batch should weigh on the wire."""
        return round(min(BATCH_MOST_BYTES, max(BATCH_LEAST_BYTES, self.bytes_per_s * AIM_S)))

    def window(self, limits: Window, trip_s: float | None) -> Window:
        """`limits` narrowed to this link; `trip_s` is the way there and back without any load."""
        batch = self.batch_bytes
        on_the_way = self.bytes_per_s * (trip_s or 0.0) / batch
        in_flight = min(IN_FLIGHT_MOST, max(IN_FLIGHT_LEAST, 1 + math.ceil(on_the_way)))
        return Window(
            in_flight_most=min(limits.in_flight_most, in_flight),
            events_most=limits.events_most,
            bytes_most=min(limits.bytes_most, ROWS_MOST_BYTES, round(batch / self.packed)),
        )
