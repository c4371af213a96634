"""The screen's own words, one file a language in `words/` beside this module.

Indonesian is the reference: a key that it lacks is an error at once, not an empty button. The other files may lack
keys, which are then shown in Indonesian, and say whether somebody who grew up with the language has read them
(`reviewed`); where nobody has, the screen says so. What a catalogue or the alarm says comes from there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.core.print_job import PrintState
from kiosk.core.toml import load
from kiosk.core.waiting import Wait
from kiosk.core.waiting import words as wait_in_indonesian

_FOLDER = Path(__file__).parent / "words"
CODES = ("id", "en", "jv", "su", "min")  # in the order of the screen


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: ISO 639 code, the language's own name, whether a native reader has gone through it, and the words."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}\Z")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    reviewed: bool
    words: dict[str, str]


@cache
def languages() -> dict[str, Language]:
    """Every language of the screen by its code."""
    return {code: load(_FOLDER / f"{code}.toml", Language) for code in CODES}


def speaker(language: str) -> Callable[..., str]:
    """`say(key, **values)` in a language."""
    known = languages()
    reference, own = known["id"].words, known[language if language in known else "id"].words

    def say(key: str, **values: object) -> str:
        return (own.get(key) or reference[key]).format(**values)

    return say


def wait_words(wait: Wait, language: str) -> str:
    """The range as a resident reads it."""
    if language == "id":
        return wait_in_indonesian(wait)
    say = speaker(language)
    if wait.ahead == 0:
        return say("wait_next")
    low, high = (5 * round(minutes / 5) for minutes in (wait.min_min, wait.max_min))
    if high <= 5:
        return say("wait_short")
    return say("wait_range", low=low, high=high) if 0 < low < high else say("wait_most", high=high)


# How the ticket page draws the state of the paper: tint, and whether it is still moving.
PRINT_LOOKS = {
    None: ("idle", ""),
    PrintState.QUEUED: ("waiting", "sending"),
    PrintState.SENDING: ("ok", "sending"),
    PrintState.SENT: ("ok", "sending"),
    PrintState.CONFIRMED: ("ok", ""),
    PrintState.UNKNOWN: ("waiting", ""),
    PrintState.FAILED: ("waiting", ""),
}
