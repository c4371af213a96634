"""Kentongan codes: which beats mean what, as local agreements.

Decision: no regulation fixes the beats and the published lists disagree, so a code is data of a place with a named
source, and every code carries words to show and to speak: nobody should have to know the beats to be warned. A press
that names no event sounds *titir*, the one beat that means danger everywhere; *aman* is never sounded by the machine on
its own.

Notation of `strokes`: `0` a stroke, `.` a short rest, `=` a longer rest. It knows no loudspeaker or striker.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.catalogue.wording import Slug, Source, Words
from kiosk.core.beat_settings import KentonganEvent
from kiosk.core.errors import NotFound

Event = KentonganEvent
Milliseconds = Annotated[int, Meta(ge=10, le=10_000)]


class Timings(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the signs of the notation last."""

    stroke_ms: Milliseconds
    short_rest_ms: Milliseconds
    long_rest_ms: Milliseconds
    source: Source


class KentonganCode(Struct, frozen=True, forbid_unknown_fields=True):
    """One event and its beats. `agreement`: how far published lists agree; `conflict`: they contradict each other."""

    event: Event
    name: Words
    spoken: Words  # said with the beats, so that no one has to know them
    strokes: Annotated[str, Meta(pattern=r"^0[0.=]*\Z", max_length=40)]
    repeat: Literal["once", "unbroken", "hourly"]
    agreement: Literal["high", "medium", "conflict"]
    automatic: bool = True  # False: only a person may sound it


class KentonganProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """The codes of one place or list."""

    id: Slug
    name: Words
    source: Source
    codes: Annotated[tuple[KentonganCode, ...], Meta(min_length=1)]

    def code(self, event: Event) -> KentonganCode:
        """The code of an event; titir where this list has none, because a danger without a code must still be heard."""
        found = {code.event: code for code in self.codes}
        if event == "safe" and event not in found:
            raise NotFound(f"daftar {self.id} tidak mempunyai kode aman")
        return found.get(event, found["any-danger"])


class KentonganCodes(Struct, frozen=True, forbid_unknown_fields=True):
    """All lists that are known, and how fast they are beaten."""

    version: Annotated[int, Meta(ge=1)]
    dated: datetime.date
    timings: Timings
    profiles: Annotated[tuple[KentonganProfile, ...], Meta(min_length=1)]

    def profile(self, id_: str) -> KentonganProfile:
        """Raises NotFound."""
        for profile in self.profiles:
            if profile.id == id_:
                return profile
        names = ", ".join(profile.id for profile in self.profiles)
        raise NotFound(f"daftar kode kentongan {id_!r} tidak ada; yang ada: {names}")
