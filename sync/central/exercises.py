"""Whether a site has shown lately that an alarm of it would arrive. Pure.

The daily test travels the whole way of an alert; two hours beyond the day leave room for its spread over an hour, for a
clock that was set and for a network that came back. A kiosk that was let in lately has until then as well. A test that
reached us late counts as of when it was begun, if its kiosk's clock was right: yesterday's test proves yesterday.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.central.store import DeviceView

TEST_LATE_AFTER_MS = 26 * 3_600_000


class Exercised(msgspec.Struct, frozen=True):
    """Of one kiosk or a whole site: last daily test (of the kiosk that is worst off), last answered drill."""

    tested_ms: int | None
    drilled_ms: int | None
    test_is_late: bool


def exercised(devices: Sequence[DeviceView], now_ms: int) -> Exercised:
    """`devices` are those of the site, or just the one."""
    tested = [device.tested_ms for device in devices]
    known = [at_ms for at_ms in tested if at_ms is not None]
    return Exercised(
        tested_ms=min(known) if known and len(known) == len(tested) else None,
        drilled_ms=max((device.drilled_ms for device in devices if device.drilled_ms is not None), default=None),
        test_is_late=any(_is_late(device, now_ms) for device in devices),
    )


def _is_late(device: DeviceView, now_ms: int) -> bool:
    since_ms = device.enrolled_ms if device.tested_ms is None else device.tested_ms
    return now_ms - since_ms > TEST_LATE_AFTER_MS
