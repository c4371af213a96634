"""How old an alert is, as far as monotonic time can prove it: a lower bound that no wall clock can falsify.

A kiosk may believe that it is 1970, and monotonic time begins at zero in every boot. But boots do not overlap: of an
earlier boot counts what was seen of it after the press (the last thing written down for the alert), of this one all of
it. How long the power was away nobody can prove, so a rung of the ladder comes late after a cut, and never too early.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.core.alert import Alert
from kiosk.core.clock import Moment


class Seen(msgspec.Struct, frozen=True):
    """A reading of the monotonic clock at which an alert already existed."""

    boot: str
    mono_ms: int


def age_ms(alert: Alert, seen: Iterable[Seen], now: Moment) -> int:
    """Milliseconds since the press that are proven at `now`; never less than with fewer readings."""
    latest = {alert.boot: alert.raised_mono_ms}
    for one in seen:
        latest[one.boot] = max(one.mono_ms, latest.get(one.boot, 0))
    if now.mono_ms >= latest.get(now.boot, 0):
        latest[now.boot] = now.mono_ms
        return sum(latest.values()) - alert.raised_mono_ms
    # Older than what was seen under the same name: a boot whose name could not be read, hence another one.
    return sum(latest.values()) - alert.raised_mono_ms + now.mono_ms
