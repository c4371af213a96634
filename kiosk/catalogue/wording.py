"""Texts in several languages, where they come from, and the small names that catalogues share.

Text is `Words`: Indonesian and English always, other languages where a translator gave them. What was written down
carries its source, date and certainty, because fees and rules change and somebody must be able to check.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", max_length=40)]
Letter = Annotated[str, Meta(pattern=r"^[A-Z]\Z")]
Text = Annotated[
    str, Meta(pattern=r"^[^\s\x00-\x1f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f])?\Z", max_length=240)
]  # one line
Certainty = Literal["high", "medium", "low"]
# Names of our own drawings in kiosk/design/signs.
Sign = Literal[
    "alarm", "baby", "back", "briefcase", "building", "car", "check", "clock", "document", "family-card", "flower",
    "health", "heart", "help", "home", "house", "id-card", "info", "letter", "map", "megaphone", "money", "people",
    "phone", "printer", "search", "shield", "shop", "speaker", "star", "ticket", "warning",
    "fire", "hand", "list", "pin", "siren", "globe", "person", "pause", "mobile", "paper", "calendar", "lamp-post",
    "road", "water", "camera", "news", "mosque", "lock",
]  # fmt: skip


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """One text in the languages of the screen, by ISO 639 code; `min` is Minangkabau."""

    id: Text
    en: Text
    jv: Text | None = None
    su: Text | None = None
    min: Text | None = None

    def in_(self, language: str) -> str:
        """The text in `language`; in Indonesian where that language is unknown or not translated yet."""
        translated: str | None = getattr(self, language) if language in self.__struct_fields__ else None
        return translated or self.id


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a figure or a rule comes from. `date` is as exact as it is known: `2020`, `2020-12` or `2020-12-21`."""

    title: Text
    date: Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?\Z")]
    certainty: Certainty
