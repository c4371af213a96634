"""Messages from the central (request updates, commands): each applied once and in order, by number.

The number is used up in the transaction that does what the message says, so a power cut between the two cannot be. A
message names the one before it: numbers ascend but leave gaps (the central draws them from its clock, so that one
restored from an old backup never gives a number that a kiosk has already used up), and a kiosk that starts with a new
database goes on where the central still has something for it. The wall clock of the kiosk judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.event import Lane
from kiosk.store.answers import Applied
from kiosk.store.database import Store
from kiosk.store.journal import record

_STREAM = "message"


def message_number(store: Store) -> int:
    """The number of the last message applied; 0 when none was."""
    row = store.one("SELECT number FROM applied WHERE stream = ?", _STREAM)
    return int(row[0]) if row else 0


def judge(held: int, number: int, after: int) -> Applied:
    """What to do with message `number`, which follows `after`, when the last one applied was `held`."""
    if number <= held:
        return Applied.KNOWN
    return Applied.EARLY if after > held else Applied.DONE


def take_message(store: Store, number: int, after: int, kind: str, do: Callable[[], str | None]) -> Applied:
    """Applies the message `number`, which follows `after`; returns after it is on disk.

    `do` runs inside the transaction and returns None, or why the message is refused: then the refusal is journalled
    and the number is used up all the same. KNOWN and EARLY (one before it is missing) change nothing.
    """
    with store.write():
        judged = judge(message_number(store), number, after)
        if judged is not Applied.DONE:
            return judged
        store.run(
            "INSERT INTO applied (stream, number) VALUES (?, ?)"
            " ON CONFLICT (stream) DO UPDATE SET number = excluded.number",
            *(_STREAM, number),
        )
        why = do()
        if why is None:
            return Applied.DONE
        record(store, Lane.SERVICE, "message.refused", {"number": number, "kind": kind, "why": why})
        return Applied.REFUSED
