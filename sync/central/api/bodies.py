"""The JSON that `/api/v1` takes: read strictly, refused whole with what is wrong in it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from sync.central.store import CloseReason

OfficerName = Annotated[str, Meta(min_length=1, max_length=80)]


class Acknowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`officer` names the human who answers; at the console it is whoever is signed in."""

    officer: OfficerName | None = None


class Dispatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unit: Annotated[str, Meta(min_length=1, max_length=60)]
    minutes: Annotated[int, Meta(ge=0, le=600)]
    officer: OfficerName | None = None


class Arrive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    officer: OfficerName | None = None


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: CloseReason
    note: Annotated[str, Meta(max_length=500)] = ""
    officer: OfficerName | None = None
