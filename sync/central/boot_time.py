"""True times from a kiosk whose clock was wrong: the rule, pure.

A kiosk has no battery clock. It starts in 1970 or wherever it was switched off, and its wall clock jumps once NTP
answers; its monotonic clock never jumps while it runs. So one event of a boot that was written with the right time
tells the time of every other event of that boot: offset = wall - monotonic. The newest such event speaks, newest by
the monotonic clock, so that neither the order of arrival nor a repetition makes a difference.

An offset creeps by milliseconds all the time, and a time that people have seen does not creep with it: the one held
stays while the newest differs from it by less than a second.

It orders nothing and expires nothing: an event's place is its number.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.core.event import Event

STEADY_MS = 1_000
LAST_MS = 253_402_214_400_000  # 31 December 9999: later than that is no time
NAMELESS_BOOTS = ("", "unknown")  # the latter of a kernel that names no boot


class BootClock(msgspec.Struct, frozen=True):
    """What is known of the clock of one boot. None: it was never synchronised, as far as we have heard."""

    offset_ms: int | None = None
    mono_ms: int | None = None
    """When it was last seen synchronised, by the boot's monotonic clock."""


def readings(events: Iterable[Event]) -> dict[tuple[str, str], BootClock]:
    """What some events say of the clocks of their boots, by device and boot, in that order. They need not be of one
    device. A boot that no event shows synchronised is not in it."""
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    for event in events:
        at = event.moment
        if at.synchronised and 0 <= at.mono_ms <= LAST_MS and 0 <= at.wall_ms <= LAST_MS:
            key, reading = (event.device, at.boot), (at.mono_ms, at.wall_ms)
            if reading > newest.get(key, (-1, -1)) and is_named(at.boot):
                newest[key] = reading
    return {key: BootClock(wall_ms - mono_ms, mono_ms) for key, (mono_ms, wall_ms) in sorted(newest.items())}


def is_named(boot: str) -> bool:
    """Whether a boot can be told from others; a name with signs that are no text is none."""
    return boot not in NAMELESS_BOOTS and boot.isprintable()


def later(first: BootClock, second: BootClock) -> BootClock:
    """Two readings of one boot as one."""
    return max(first, second, key=lambda clock: -1 if clock.mono_ms is None else clock.mono_ms)


def settle(held: BootClock, heard: BootClock) -> BootClock:
    """What is known once both are; `heard` is newer if the monotonic clock says so."""
    if heard.offset_ms is None or heard.mono_ms is None:
        return held
    if held.offset_ms is None or held.mono_ms is None:
        return heard
    if (heard.mono_ms, heard.offset_ms) <= (held.mono_ms, held.offset_ms):
        return held
    if abs(heard.offset_ms - held.offset_ms) < STEADY_MS:
        return BootClock(held.offset_ms, heard.mono_ms)
    return heard


def true_ms(mono_ms: int, offset_ms: int | None) -> int | None:
    """Unix milliseconds of a reading of that boot's monotonic clock; None when nobody can know."""
    if offset_ms is None:
        return None
    first, last = max(0, -offset_ms), min(LAST_MS, LAST_MS - offset_ms)
    return mono_ms + offset_ms if first <= mono_ms <= last else None
