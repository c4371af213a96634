"""What a kiosk keeps of its journal, and what it does when the disk runs short. Rules only, no I/O.

Three things are held apart. The *tail*: what the central acknowledged is kept for some business days more, so that a
central restored from an older backup can ask again. *Thinning*: when room is short, first tails shrink (the central has
those events), then the oldest unsent health events become gaps that count them. The *reserve*: when only that is left,
no new ticket is begun, in words; what is begun goes on, and alarms are taken on the last page there is.

A service event that the central does not hold is never dropped. No wall clock judges anything: business days only ever
advance, and a year that a clock leaps is one day.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.core.event import Lane

# The bridge recognises presses that the box repeats from the newest thousand rows of the lane.
ALARM_ROWS_LEAST = 1_000
# What stays of an acknowledged tail when room is short: a day or so at a counter.
_SHORT_TAIL = {Lane.ALARM: ALARM_ROWS_LEAST, Lane.SERVICE: 1_000, Lane.HEALTH: 0}
# How many of the newest health events thinning leaves: why the room is short should be among them.
HEALTH_ROWS_LEAST = 500

MIB = 1_048_576


class RetentionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of the journal and the file around it.

    `file_mib`: the database's own budget; the disk may be shorter. Below `thin_below_mib` of room, thinning begins;
    below `refuse_below_mib` no new ticket does. What residents wrote is erased `personal_days` after their case ended.
    """

    tail_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    tail_rows: Annotated[int, msgspec.Meta(ge=ALARM_ROWS_LEAST, le=10_000_000)] = 50_000
    file_mib: Annotated[int, msgspec.Meta(ge=4, le=1_048_576)] = 2_048
    thin_below_mib: Annotated[int, msgspec.Meta(ge=2, le=1_048_576)] = 128
    refuse_below_mib: Annotated[int, msgspec.Meta(ge=1, le=1_048_576)] = 32
    personal_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30

    def __post_init__(self) -> None:
        if not self.refuse_below_mib < self.thin_below_mib < self.file_mib:
            raise ValueError("refuse_below_mib harus lebih kecil dari thin_below_mib, dan itu dari file_mib")


class Room(StrEnum):
    """How much room is left for writing."""

    PLENTY = "plenty"
    SHORT = "short"
    RESERVE = "reserve"


def room_of(free_bytes: int, settings: RetentionSettings) -> Room:
    if free_bytes < settings.refuse_below_mib * MIB:
        return Room.RESERVE
    return Room.SHORT if free_bytes < settings.thin_below_mib * MIB else Room.PLENTY


class LaneHeld(msgspec.Struct, frozen=True):
    """One lane: its newest number, how far the central holds it, and the newest number of days long past."""

    last: int
    acknowledged: int
    aged_through: int


def tail_through(lane: Lane, held: LaneHeld, room: Room, settings: RetentionSettings) -> int:
    """Up to which number the acknowledged rows of a lane may become one gap; 0: none."""
    if room is Room.PLENTY:
        through = max(held.aged_through, held.acknowledged - settings.tail_rows)
    else:
        through = held.acknowledged - _SHORT_TAIL[lane]
    if lane is Lane.ALARM:
        through = min(through, held.last - ALARM_ROWS_LEAST)
    return max(0, min(through, held.acknowledged))


def thin_through(lane: Lane, held: LaneHeld, room: Room) -> int:
    """Up to which number unsent rows may be given up; not above `held.acknowledged`: none."""
    if lane is not Lane.HEALTH or room is Room.PLENTY:
        return 0
    return max(0, held.last - HEALTH_ROWS_LEAST)
