"""Answers from the post: applied once, in order, in the same transaction that remembers their number.

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


def skip_to(store: Store, number: int) -> None:
    """The central says that this device has applied everything up to `number` in an earlier life of its database.

    Without this a kiosk with a new card would wait for ever for messages that nobody sends again. Never goes back.
    """
    with store.write():
        store.run("UPDATE identity SET applied_number = ? WHERE applied_number < ?", number, number)


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
        if answer.number > held + 1:
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
