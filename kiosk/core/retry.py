"""When an unconfirmed send is tried again: after 5 s, then ever later up to 60 s, for ever (SIA DC-09 Annex C).

A send that was begun and not confirmed is tried again even if it may have gone out: an alert that is told twice does
less harm than one that nobody hears of, and its short id shows that it is the same. A carrier's proof (E3) ends it.
"""

from __future__ import annotations

import msgspec

from kiosk.core.clock import Moment

PAUSES_S = (5, 10, 20, 40, 60)


class Attempts(msgspec.Struct, frozen=True):
    """How often a send was begun, and when last (boot and monotonic milliseconds)."""

    count: int = 0
    boot: str = ""
    mono_ms: int = 0


def is_attempt_due(attempts: Attempts, now: Moment) -> bool:
    """Whether to try now. After a reboot only the time of this boot is proven, so a try may come late, never early."""
    if attempts.count == 0:
        return True
    pause_ms = PAUSES_S[min(attempts.count, len(PAUSES_S)) - 1] * 1000
    same_boot = attempts.boot == now.boot and now.mono_ms >= attempts.mono_ms
    return (now.mono_ms - attempts.mono_ms if same_boot else now.mono_ms) >= pause_ms
