"""The setting that chooses a site's kentongan codes: which list, and which of its events each kind of alert sounds.

Here, because the bridge's settings are checked without the catalogue; the lists themselves are `kiosk.catalogue.codes`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kiosk.core.alert import AlertCode

KentonganEvent = Literal[
    "any-danger",
    "brawl",
    "disaster",
    "fire",
    "livestock-theft",
    "murder",
    "safe",
    "theft",
    "traffic-accident",
]
ProfileName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", max_length=40)]


def _fire_has_its_own() -> dict[AlertCode, KentonganEvent]:
    return {AlertCode.FIRE: "fire"}


class BeatSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site's list, and the event whose code each kind of alert sounds; titir for those not named."""

    profile: ProfileName = "java"
    events: dict[AlertCode, KentonganEvent] = msgspec.field(default_factory=_fire_has_its_own)
