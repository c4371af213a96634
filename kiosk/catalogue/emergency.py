"""Telephone numbers for an emergency, with where each works and how sure that is.

Shown beside the button and when nobody answers. It dials nothing.
"""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.catalogue.wording import Sign, Source, Words


class EmergencyNumber(Struct, frozen=True, forbid_unknown_fields=True):
    """A short national number."""

    number: Annotated[str, Meta(pattern=r"^[0-9]{3,12}\Z")]
    name: Words
    use: Words  # when to call it
    coverage: Words  # where it answers
    icon: Sign
    source: Source


class EmergencyNumbers(Struct, frozen=True, forbid_unknown_fields=True):
    """In the order in which a screen shows them: the first is the one to offer when nobody answers."""

    version: Annotated[int, Meta(ge=1)]
    dated: datetime.date
    numbers: Annotated[tuple[EmergencyNumber, ...], Meta(min_length=1)]
