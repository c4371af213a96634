"""What is commanded of lamp, siren, kentongan and screen: the indication, its beat, and how long each may stand.

A command says what is to be and until when; it is given when something has changed and renewed every second, so that a
host that died leaves nothing on for longer than the time it gave.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from firmware_bridge.beats import beat_of
from firmware_bridge.hatch import Picture
from firmware_bridge.indication import Indication, indicate, rungs_of, sounding
from firmware_bridge.ports import DEAD_MAN_MS, RENEW_MS, Command, Outputs
from firmware_bridge.rhythm import TITIR, Rhythm
from kiosk.core.alert import AlertCode
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Moment
from kiosk.core.errors import NotFound


class Finger(msgspec.Struct, frozen=True):
    """What hands do that no row tells yet: whether the light answers one, since when a press could not be committed
    (monotonic), and the codes of the presses that wait for it, oldest first."""

    is_lit: bool
    unrecorded_since_ms: int | None
    pending: tuple[AlertCode, ...]


class Showing:
    """Used by one thread."""

    def __init__(self, settings: BridgeSettings, utc_offset_h: int, outputs: Outputs) -> None:
        self._settings, self._utc_offset_h, self._outputs = settings, utc_offset_h, outputs
        self._shown: tuple[Indication, tuple[str, ...], Rhythm] | None = None
        self._shown_ms = 0

    def show(self, picture: Picture, finger: Finger, faults: tuple[str, ...], now: Moment) -> None:
        """Commands what follows, if it is news or a second old. Never waits."""
        rungs = rungs_of(picture.ladder)
        indication = indicate(
            *(picture.alerts, now, self._settings, finger.is_lit, self._utc_offset_h, finger.unrecorded_since_ms),
            *(rungs, picture.offered),
        )
        heard = [alert.code for alert in sounding(picture.alerts, now, self._settings, rungs)]
        rhythm = self._rhythm([*heard, *finger.pending], picture)
        if (indication, faults, rhythm) == self._shown and now.mono_ms - self._shown_ms < RENEW_MS:
            return
        self._shown, self._shown_ms = (indication, faults, rhythm), now.mono_ms
        self._outputs.show(self._command(indication, faults, rhythm, now))

    def _rhythm(self, codes: Sequence[AlertCode], picture: Picture) -> Rhythm:
        """The beat of the newest call that sounds."""
        if not codes:
            return TITIR
        try:
            return beat_of(codes[-1], picture.codes, self._settings.beats)
        except NotFound:  # the site's list is not there, which `site_documents` tells as a fault
            return TITIR

    def _command(self, indication: Indication, faults: tuple[str, ...], rhythm: Rhythm, now: Moment) -> Command:
        until_ms = indication.siren_until_ms
        siren_for_ms = until_ms - now.mono_ms if until_ms is not None else 0
        if self._settings.host_lost == "stop":
            siren_for_ms = min(siren_for_ms, DEAD_MAN_MS)
        return Command(
            lamp=indication.lamp,
            lamp_for_ms=DEAD_MAN_MS,
            siren=indication.siren,
            siren_for_ms=siren_for_ms,
            message=indication.message,
            rhythm=rhythm,
            faults=faults,
        )
