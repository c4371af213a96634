"""The `[bridge.loudspeaker]` table: whether the box says in words how far a call has come, and by which voice."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class LoudspeakerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Absent where there is no loudspeaker. `device` is ALSA's name (`aplay -L`).

    `engine` auto: recorded clips where `clips_dir` has them all, else espeak-ng where it is installed, else tones
    alone. `beat`: it also plays the kentongan while the siren sounds, for a site without a striker.
    """

    device: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_:,=.-]+\Z", max_length=100)] = "default"
    engine: Literal["auto", "clips", "espeak", "tones"] = "auto"
    clips_dir: Annotated[str, msgspec.Meta(pattern="^/", max_length=500)] = "/usr/share/kentongan/suara-darurat"
    beat: bool = True
