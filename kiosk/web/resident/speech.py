"""The screen's own words in Indonesian and English, from `words.toml` beside this module.

What a catalogue or the alarm says comes from there; these are the headings, buttons and sentences around it. A template
that asks for words nobody wrote is an error at once, not an empty button.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from kiosk.catalogue.wording import Words
from kiosk.core.print_job import PrintState
from kiosk.core.toml import load
from kiosk.core.waiting import Wait
from kiosk.core.waiting import words as wait_in_indonesian

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


@cache
def _words() -> dict[str, Words]:
    return load(Path(__file__).parent / "words.toml", dict[str, Words])


def speaker(language: str) -> Callable[..., str]:
    """`say(key, **values)` in a language."""

    def say(key: str, **values: object) -> str:
        return _words()[key].in_(language).format(**values)

    return say


def wait_words(wait: Wait, language: str) -> str:
    """The range as a resident reads it."""
    if language != "en":
        return wait_in_indonesian(wait)
    if wait.ahead == 0:
        return "you are next"
    low, high = (5 * round(minutes / 5) for minutes in (wait.min_min, wait.max_min))
    if high <= 5:
        return "less than 5 minutes"
    return f"about {low}–{high} minutes" if 0 < low < high else f"up to {high} minutes"


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
