"""How calls are spoken in the hall: by which voice, and how loud at which time of day."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
_TIME = re.compile(r"([01]\d|2[0-3])\.[0-5]\d\Z")


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`engine` auto: recorded clips where `clips_dir` has them, else espeak-ng where it is installed, else the chime
    alone. `volume` holds the loudness from a time of day on, e.g. {"06.00": 80, "17.00": 50}."""

    engine: Literal["auto", "clips", "espeak", "chime", "none"] = "auto"
    clips_dir: Annotated[str, msgspec.Meta(max_length=500)] = "/usr/share/kentongan/suara"
    volume: Annotated[dict[str, Percent], msgspec.Meta(min_length=1, max_length=24)] = msgspec.field(
        default_factory=lambda: {"00.00": 40, "06.00": 80, "17.00": 50}
    )

    def __post_init__(self) -> None:
        for time in self.volume:
            if not _TIME.match(time):
                raise ValueError(f"{time!r} bukan jam: tulis seperti 06.00")

    def volume_at(self, time: str) -> int:
        """Percent at a time of day such as `07.30`; before the first time of a day the last one's still holds."""
        begun = [at for at in sorted(self.volume) if at <= time] or sorted(self.volume)[-1:]
        return self.volume[begun[-1]]
