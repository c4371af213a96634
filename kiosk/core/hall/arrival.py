"""When somebody who drew a number at a satellite arrived, by the hub's clock: two machines' clocks never agree.

Within one boot of both the difference of their monotonic clocks is known from any question and answer: the hub's clock
was read somewhere between sending and hearing, so the middle is wrong by at most half of that time. The satellite keeps
the difference from its quickest conversation. Where it knows none yet, the age of the ticket by the satellite's own
clock is taken, and after a restart of the satellite its wall clock's; neither needs the clocks to agree.
"""

from __future__ import annotations

import msgspec

from kiosk.core.clock import Moment

_QUICK_AGAIN_MS = 600_000  # crystals drift by some 50 ms in ten minutes: a newer difference is worth more by then


class Bridge(msgspec.Struct, frozen=True):
    """hub's mono_ms = satellite's mono_ms + `offset_ms`, wrong by at most `error_ms`; of these two boots only."""

    hub_boot: str
    boot: str
    offset_ms: int
    error_ms: int
    at_mono_ms: int = 0


def bridged(held: Bridge | None, asked: Moment, hub: Moment, heard: Moment) -> Bridge | None:
    """The better of the bridge so far and that of a conversation; None when the satellite restarted during it."""
    if asked.boot != heard.boot or heard.mono_ms < asked.mono_ms:
        return held
    middle_ms = (asked.mono_ms + heard.mono_ms) // 2
    error_ms = (heard.mono_ms - asked.mono_ms + 1) // 2
    new = Bridge(hub.boot, heard.boot, hub.mono_ms - middle_ms, error_ms, heard.mono_ms)
    if held is None or (held.hub_boot, held.boot) != (new.hub_boot, new.boot):
        return new
    is_old = heard.mono_ms - held.at_mono_ms > _QUICK_AGAIN_MS
    return new if is_old or new.error_ms <= held.error_ms else held


def age_ms(drawn: Moment, told: Moment, hub: Moment, bridge: Bridge | None) -> int:
    """How long ago `drawn` was at the hub's `hub`, never negative; `told` is the satellite's clock as it asked."""
    if drawn.boot != told.boot:
        return max(0, told.wall_ms - drawn.wall_ms)
    if bridge is not None and bridge.hub_boot == hub.boot and bridge.boot == drawn.boot:
        return max(0, hub.mono_ms - (drawn.mono_ms + bridge.offset_ms))
    return max(0, told.mono_ms - drawn.mono_ms)
