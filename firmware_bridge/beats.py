"""Which beat belongs to an alert at this site: its list of kentongan codes, as a rhythm on a time line.

No regulation fixes the codes, so a kelurahan chooses one of the packaged lists (A `java`, B `police`) or brings its own
as a document of the central, under the same rules as the packaged ones. Only a fire has a beat on which the lists agree
and which a press can name; all else sounds titir, unless the site's settings name another event. What only a person may
sound (*aman*, which elsewhere announces a death) is never chosen for an alert, whatever the settings say.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from firmware_bridge.rhythm import TITIR, Rhythm, Timing, rhythm
from kiosk.catalogue.checks import code_faults
from kiosk.catalogue.codes import KentonganCode, KentonganCodes, Timings
from kiosk.catalogue.loader import load_codes
from kiosk.core.alert import AlertCode
from kiosk.core.beat_settings import BeatSettings
from kiosk.core.document import Document
from kiosk.core.document_toml import InForce, in_force, read_toml

CODES_DOCUMENT = "kentongan-codes"  # its name among the central's documents
HOUR_MS = 3_600_000


def codes_in_force(documents: Iterable[Document | None]) -> InForce[KentonganCodes]:
    """The site's own codes (the current document, then the previous), else the packaged lists."""
    return in_force(documents, read_codes, load_codes())


def read_codes(body: bytes, name: str = CODES_DOCUMENT) -> KentonganCodes:
    """The codes that `body` (TOML) holds. Raises BadToml with key and line."""
    return read_toml(body, name, KentonganCodes, code_faults)


def beat_of(code: AlertCode, codes: KentonganCodes, settings: BeatSettings = BeatSettings()) -> Rhythm:
    """What the kentongan beats for an alert. Raises NotFound when the codes have no such list."""
    profile = codes.profile(settings.profile)
    event = settings.events.get(code, "any-danger")
    chosen = profile.code(event) if event != "safe" else profile.code("any-danger")
    return rhythm_of(chosen if chosen.automatic else profile.code("any-danger"), codes.timings)


def rhythm_of(code: KentonganCode, timings: Timings, recoil_ms: int = Timing().recoil_ms) -> Rhythm:
    """One code on its time line. Unless it is unbroken, a pause of two long rests parts it from its repetition."""
    timing = Timing(timings.stroke_ms, recoil_ms, timings.short_rest_ms, timings.long_rest_ms)
    name = TITIR.name if code.event == "any-danger" else code.event
    once = rhythm(name, code.strokes, timing)
    if code.repeat == "unbroken":
        return once
    if code.repeat == "hourly":
        return msgspec.structs.replace(once, period_ms=HOUR_MS)
    return rhythm(name, code.strokes, timing, pause_ms=2 * timings.long_rest_ms)
