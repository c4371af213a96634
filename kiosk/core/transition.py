"""How every state machine here is written: one table, (state, action) → state, and one way to walk it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from kiosk.core.errors import BadTransition

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


def step(table: Mapping[tuple[State, Action], State], thing: str, state: State, action: Action) -> State:
    """The state after `action`. Raises BadTransition, naming the thing, when the table has no such step."""
    try:
        return table[state, action]
    except KeyError:
        raise BadTransition(thing, state, action) from None
