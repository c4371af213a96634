"""Answers from the post: applied once, in order, in the same transaction that remembers their number.

An answer names the one before it that the central does not know as applied here: a kiosk with a new card, which has
applied nothing, goes on with the next one instead of waiting for ever for those that its old card has seen.
The signature was checked by whoever received the message; here the number, the alert and the nonce must fit. The wall
clock judges nothing.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk.core.answer import POST_MAY, Answer
from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.store.alerts import advance_within, find
from kiosk.store.database import Store
from kiosk.store.journal import record


class Applied(StrEnum):
    DONE = "done"
    KNOWN = "known"
    EARLY = "early"
    REFUSED = "refused"


def applied_number(store: Store) -> int:
    """The number of the last message applied; 0 when none was."""
    row = store.one("SELECT applied_number FROM identity")
    return int(row[0]) if row else 0


def apply_answer(store: Store, answer: Answer) -> Applied:
    """Applies one answer; returns after it is on disk.

    KNOWN: applied before, nothing changes. EARLY: an earlier one is missing, nothing changes and it must come again.
    REFUSED: it names no alert of this box, a wrong nonce or a step that is not the post's; the number is used up, the
    refusal is journalled and the alert is left as it was.
    """
    with store.write():
        held = applied_number(store)
        if answer.number <= held:
            return Applied.KNOWN
        if (answer.number - 1 if answer.after is None else answer.after) > held:
            return Applied.EARLY
        store.run("UPDATE identity SET applied_number = ?", answer.number)
        why = _refusal(store, answer)
        if why is not None:
            record(store, Lane.ALARM, "answer.refused", {"number": answer.number, "alert": answer.alert, "why": why})
            return Applied.REFUSED
        advance_within(store, answer.alert, answer.action, "posko", "", answer.officer, answer.at_ms)
        return Applied.DONE


def _refusal(store: Store, answer: Answer) -> str | None:
    try:
        alert = find(store, answer.alert)
    except NotFound:
        return "no such alert"
    if alert.nonce != answer.nonce:
        return "wrong nonce"
    return None if answer.action in POST_MAY else "not a step of the post"
