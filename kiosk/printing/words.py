"""The words that the paper itself says, in the languages of the screen, from `words.toml` beside this module."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

from kiosk.catalogue.wording import Words
from kiosk.core.toml import load

SOURCE = resources.files("kiosk.printing") / "words.toml"
LANGUAGES = Words.__struct_fields__  # those that a text may be in: id, en, jv, su, min


@cache
def _words() -> dict[str, Words]:
    return load(SOURCE, dict[str, Words])


def speaker(language: str) -> Callable[..., str]:
    """`say(key, **values)` in a language; in Indonesian where it has none of these words."""

    def say(key: str, **values: object) -> str:
        return _words()[key].in_(language).format(**values)

    return say
