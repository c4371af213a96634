"""How a site's queue is kept, as data: what one office agrees on and another does differently.

The rule that reads them is `kiosk.core.queue_rule`; what happens at the end of a day is `kiosk.store.days`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Turns = Annotated[int, msgspec.Meta(ge=1, le=20)]


class QueueSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of `priority_turns` + `normal_turns` calls in a row the first go to priority tickets, as long as both wait.

    Whoever has waited `longest_wait_min` goes before everybody. A number is called once and `recalls` times more.
    `at_close` says what becomes of tickets that are open when the day ends.
    """

    priority_turns: Turns = 2
    normal_turns: Turns = 1
    longest_wait_min: Annotated[int, msgspec.Meta(ge=5, le=480)] = 60
    recalls: Annotated[int, msgspec.Meta(ge=0, le=9)] = 3
    at_close: Literal["end", "carry"] = "end"
