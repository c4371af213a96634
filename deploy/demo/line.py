"""What a network line does to bytes on their way: how many fit a second, and how long each is under way.

A slow line is one for everybody: all connections share its rate in each direction, and take turns piece by piece, as
the packets of several connections do on a mobile uplink. That is what makes an alarm's own connection worth having,
and what a rate limit for each connection would hide.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

import msgspec

# One turn on the slow line. The smallest packet every IPv4 host must take: short enough that an alarm waits 230 ms for
# another connection's piece at 20 kbit/s, long enough that Python is never the bottleneck.
PIECE_BYTES = 576
# What an undisturbed line hands on at once.
BLOCK_BYTES = 64 * 1024


class Mode(StrEnum):
    """How the network behaves just now."""

    UP = "up"
    DOWN = "down"
    """Pulled and noticed: open connections are reset, new ones refused."""
    BLACKHOLE = "blackhole"
    """Pulled and not noticed: connections are accepted, bytes vanish both ways, and no FIN ever tells."""
    SLOW = "slow"


class Silence(StrEnum):
    """What becomes of a connection that lived through a black hole."""

    LOSES = "loses"
    """It stays silent for ever, as behind a carrier's NAT that forgot it; only a new connection gets through."""
    HOLDS = "holds"
    """Its bytes arrive late, as after TCP's own retransmission."""


class Speed(msgspec.Struct, frozen=True):
    """Bits a second in each direction, shared by all connections, and the time there and back."""

    bits_per_s: int
    round_trip_s: float


# GPRS on a bad day; the line on which the alarm's promises were measured.
SLOW_LINE = Speed(bits_per_s=20_000, round_trip_s=0.6)


class Lane:
    """One direction of the shared line: hands out turns first come, first served."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def occupy(self, size_bytes: int, speed: Speed) -> None:
        """Returns when `size_bytes` have left the sender; the way itself (half the round trip) comes on top."""
        async with self._turn:
            await asyncio.sleep(size_bytes * 8 / speed.bits_per_s)
