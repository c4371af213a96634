"""What a kiosk said last of its own backlog (`sync.status`). Pure; a status that is none is as good as no word.

A kiosk says it when its state changed and every five minutes while it is connected, and the event itself comes behind
whatever waited before it: it is the past, and its age belongs beside it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.decoding import converted
from kiosk.core.event import Lane
from sync.central.store import DeviceView

STATUS_KIND = "sync.status"
MOMENTS_S = 60.0  # what waits for less is on its way

Count = Annotated[int, Meta(ge=0, le=2**53)]


class LaneTold(msgspec.Struct, frozen=True):
    """One lane: how many events waited, the oldest for how long."""

    waiting: Count
    oldest_s: Annotated[float, Meta(ge=0, le=2**53)] = 0.0


class Told(msgspec.Struct, frozen=True):
    """`received_ms`: when it reached the central."""

    lanes: dict[Lane, LaneTold]
    received_ms: int = 0

    @property
    def late(self) -> int:
        """How many events waited in lanes whose oldest was no longer just on its way."""
        return sum(lane.waiting for lane in self.lanes.values() if lane.oldest_s >= MOMENTS_S)


def told_by(kiosk: DeviceView) -> Told | None:
    """None when it has not said anything that can be read."""
    report = kiosk.reports.get(STATUS_KIND)
    if report is None:
        return None
    try:
        told = converted(report["body"], Told)
    except msgspec.ValidationError:
        return None
    return msgspec.structs.replace(told, received_ms=msgspec.convert(report["received_ms"], int))
