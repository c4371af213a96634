"""The rules of retention, without a disk."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.event import Lane
from kiosk.core.retention import MIB, LaneHeld, RetentionSettings, Room, room_of, tail_through, thin_through

SETTINGS = RetentionSettings(tail_rows=5_000)


def held(last: int, acknowledged: int, aged: int = 0) -> LaneHeld:
    return LaneHeld(last, acknowledged, aged)


@pytest.mark.parametrize(
    ("free_mib", "room"),
    [(31, Room.RESERVE), (32, Room.SHORT), (127, Room.SHORT), (128, Room.PLENTY), (0, Room.RESERVE)],
)
def test_room_is_told_by_two_limits(free_mib: int, room: Room) -> None:
    assert room_of(free_mib * MIB, SETTINGS) is room


def test_an_acknowledged_tail_ends_with_its_days_or_its_rows_whichever_comes_first() -> None:
    assert tail_through(Lane.SERVICE, held(9_000, 9_000, aged=2_000), Room.PLENTY, SETTINGS) == 4_000
    assert tail_through(Lane.SERVICE, held(6_000, 6_000, aged=2_000), Room.PLENTY, SETTINGS) == 2_000
    assert tail_through(Lane.SERVICE, held(3_000, 3_000), Room.PLENTY, SETTINGS) == 0


@pytest.mark.parametrize("lane", list(Lane))
@pytest.mark.parametrize("room", list(Room))
def test_what_the_central_does_not_hold_is_never_in_a_tail(lane: Lane, room: Room) -> None:
    assert tail_through(lane, held(90_000, 700, aged=80_000), room, SETTINGS) <= 700


@pytest.mark.parametrize("room", list(Room))
def test_the_newest_thousand_alarm_rows_always_stay(room: Room) -> None:
    assert tail_through(Lane.ALARM, held(1_500, 1_500, aged=1_400), room, SETTINGS) == 500
    assert tail_through(Lane.ALARM, held(900, 900, aged=900), room, SETTINGS) == 0


def test_when_room_is_short_tails_shrink_to_what_a_day_needs() -> None:
    for room in (Room.SHORT, Room.RESERVE):
        assert tail_through(Lane.SERVICE, held(5_000, 4_500), room, SETTINGS) == 3_500
        assert tail_through(Lane.HEALTH, held(5_000, 4_500), room, SETTINGS) == 4_500


def test_only_unsent_health_is_ever_given_up_and_its_newest_stays() -> None:
    for room in (Room.SHORT, Room.RESERVE):
        assert thin_through(Lane.HEALTH, held(5_000, 100), room) == 4_500
        assert thin_through(Lane.SERVICE, held(5_000, 100), room) == 0
        assert thin_through(Lane.ALARM, held(5_000, 100), room) == 0
    assert thin_through(Lane.HEALTH, held(5_000, 100), Room.PLENTY) == 0


@pytest.mark.parametrize(
    "limits", [{"refuse_below_mib": 128}, {"thin_below_mib": 4_096}, {"tail_rows": 10}, {"tail_days": 0}]
)
def test_limits_that_contradict_one_another_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(limits, RetentionSettings)
