"""Who is called next: priority tickets and others take turns, and nobody waits beyond a guaranteed maximum. Pure.

Two lanes, each in order of arrival. While both wait, `priority_turns` calls go to the first and `normal_turns` to the
second, again and again. While only one waits it is called, and the other's first comer finds its turn due: a lane that
was empty has not used its turns up. Before all this comes whoever has waited longer than the maximum, in order of
arrival: then priority no longer counts, so that a full hall of priority tickets cannot keep anybody for a day.

Without a clock that is right the maximum may be judged too early or never; the turns alone still bound every wait: a
ticket with n of its lane before it is called after n calls of its own lane and ⌈(n + 1) / own turns⌉ rounds of the
other's. So no clock can starve anybody.

The rule sees only what a counter may call. It knows nothing of services, counters or days, and it keeps no state: how
far the turns have come is handed in and out.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kiosk.core.queue_settings import QueueSettings


class Lane(StrEnum):
    PRIORITY = "priority"
    NORMAL = "normal"


class Reason(StrEnum):
    """Why it is this ticket: for the journal, and in `Choice.words` for people."""

    OVERDUE = "overdue"
    PRIORITY_TURN = "priority-turn"
    NORMAL_TURN = "normal-turn"
    LONGEST = "waited-longest"


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """One who waits. `arrived` orders by first arrival, which no transfer changes; `waited_s` is never negative."""

    id: str
    arrived: int
    lane: Lane
    waited_s: float


class Turns(msgspec.Struct, frozen=True):
    """Whose turn the last calls were: `run` calls in a row went to `lane`."""

    lane: Lane = Lane.NORMAL
    run: int = 20  # as many as settings allow: the first call of a day belongs to priority

    def after(self, lane: Lane) -> Turns:
        return Turns(lane, min(self.run + 1, 20) if lane is self.lane else 1)


class Choice(msgspec.Struct, frozen=True):
    """Who is next, why, and where the turns stand once it was called."""

    id: str
    reason: Reason
    words: str
    turns: Turns


def choose(settings: QueueSettings, waiting: Sequence[Waiting], turns: Turns) -> Choice | None:
    """The next ticket, or None when nobody waits. The order of `waiting` does not matter."""
    if not waiting:
        return None
    limit_s = settings.longest_wait_min * 60
    first = min(waiting, key=_order)
    overdue = [one for one in waiting if one.waited_s >= limit_s]
    if overdue:
        late = min(overdue, key=_order)
        words = f"menunggu {int(late.waited_s // 60)} menit, melewati batas {settings.longest_wait_min} menit"
        return Choice(late.id, Reason.OVERDUE, words, turns.after(late.lane))
    lanes = {one.lane for one in waiting}
    if len(lanes) == 1:
        words = "prioritas, menunggu paling lama" if first.lane is Lane.PRIORITY else "menunggu paling lama"
        return Choice(first.id, Reason.LONGEST, words, turns.after(first.lane))
    lane = _whose_turn(settings, turns)
    after = turns.after(lane)
    chosen = min((one for one in waiting if one.lane is lane), key=_order)
    if lane is Lane.PRIORITY:
        words = f"giliran prioritas {after.run} dari {settings.priority_turns}"
        return Choice(chosen.id, Reason.PRIORITY_TURN, words, after)
    words = f"giliran biasa {after.run} dari {settings.normal_turns}"
    return Choice(chosen.id, Reason.NORMAL_TURN, words, after)


def _whose_turn(settings: QueueSettings, turns: Turns) -> Lane:
    if turns.lane is Lane.PRIORITY:
        return Lane.PRIORITY if turns.run < settings.priority_turns else Lane.NORMAL
    return Lane.NORMAL if turns.run < settings.normal_turns else Lane.PRIORITY


def _order(one: Waiting) -> tuple[int, str]:
    return one.arrived, one.id


def order_of_calls(settings: QueueSettings, waiting: Sequence[Waiting], turns: Turns, most: int) -> list[Choice]:
    """The next `most` calls if nobody came, went or waited longer meanwhile: what an officer sees as the queue."""
    left, calls = list(waiting), list[Choice]()
    while len(calls) < most and (choice := choose(settings, left, turns)) is not None:
        calls.append(choice)
        turns = choice.turns
        left = [one for one in left if one.id != choice.id]
    return calls
