"""What the talk with the modem tells its surroundings: steps of evidence, texts that came, and things to be done.

`number` is an officer's: a step may be kept with its alert, but only `masked` numbers belong into a log. The same holds
for `raw`, since a delivery report names its number. Times are milliseconds of the monotonic clock.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.core.alert import Evidence
from kiosk.core.phone_number import masked


class TextStep(msgspec.Struct, frozen=True):
    """Something happened to the text that its sender calls `send_id`.

    `evidence` is what it shows: HANDED (E2) the frame was given, CARRIED (E3) `+CMGS`, RECEIVED (E4) `+CDS` 0x00; None
    for what shows nothing, such as a refusal or a centre that still tries, told in `words`.
    """

    send_id: str
    number: str
    evidence: Evidence | None
    words: str
    raw: str
    at_mono_ms: int

    @property
    def path(self) -> str:
        """The path as evidence names it, without the whole number."""
        return f"sms {masked(self.number)}"


class StrayReport(msgspec.Struct, frozen=True):
    """A delivery report that fits no text of ours, or more than one. It changes nothing; for the log."""

    number_masked: str
    reference: int
    words: str


class Received(msgspec.Struct, frozen=True):
    """Somebody's text, not judged yet (see `kiosk.core.sms_answer`)."""

    sender: str
    text: str
    at_mono_ms: int


class Reset(msgspec.Struct, frozen=True):
    """The port is to be closed, with DTR down or the power cut, and opened again."""

    by: Literal["dtr", "power"]


class PinNeeded(msgspec.Struct, frozen=True):
    """The SIM asks for its PIN; `enter_pin` gives it for one attempt."""


class PinAccepted(msgspec.Struct, frozen=True):
    """The SIM took the PIN."""


class PinRefused(msgspec.Struct, frozen=True):
    """The SIM did not take the PIN. After three of these it locks."""


Event = TextStep | StrayReport | Received | Reset | PinNeeded | PinAccepted | PinRefused
