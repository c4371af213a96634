"""What lamp, siren and screen of the box do, from the open alerts alone.

No state of its own: after a crash or a reboot the same rows give the same indication, so an alert resumes where its
evidence left it. The most urgent alert is shown, the newest of several alike. The siren sounds from E1 for the time
that local law allows, rests, and sounds again only while nobody has answered; an answer or a cancellation silences
it. An alert of an earlier boot is at least as old as this boot, since monotonic time starts at zero there. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kiosk.core.alarm_words import HOLD_WORDS, UNRECORDED_WORDS, URGENCY, Lamp, shown, stage_of
from kiosk.core.alert import Alert, AlertState
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Moment


class Indication(msgspec.Struct, frozen=True):
    """What to show now. `siren_until_ms` is monotonic, the end of this stretch of sound; None when it is silent."""

    lamp: Lamp
    siren: bool
    siren_until_ms: int | None
    message: str


_SOUNDING_STATES = frozenset(  # nobody has answered, and nobody has asked to cancel
    {AlertState.RAISED, AlertState.SENDING, AlertState.CARRIED, AlertState.RECEIVED, AlertState.UNANSWERED}
)


def age_ms(alert: Alert, now: Moment) -> int:
    """How long ago an alert was raised, as far as monotonic time can prove it."""
    return now.mono_ms - alert.raised_mono_ms if alert.boot == now.boot else now.mono_ms


def is_timed_out(alert: Alert, now: Moment, settings: BridgeSettings) -> bool:
    """Whether the box must now say that nobody has answered."""
    waiting = alert.state in _SOUNDING_STATES and alert.state is not AlertState.UNANSWERED
    return waiting and age_ms(alert, now) >= settings.unanswered_after_s * 1000


def siren_until_ms(alert: Alert, now: Moment, settings: BridgeSettings) -> int | None:
    """Monotonic end of the stretch of siren that this alert is in, or None when it is to be silent."""
    if alert.state not in _SOUNDING_STATES:
        return None
    limit_ms, rest_ms = round(settings.siren_limit_s * 1000), round(settings.siren_rest_s * 1000)
    elapsed_ms = age_ms(alert, now)
    began_ms = now.mono_ms - elapsed_ms
    if elapsed_ms < limit_ms:
        return began_ms + limit_ms
    if alert.state is not AlertState.UNANSWERED:
        return None
    unanswered_ms = round(settings.unanswered_after_s * 1000)
    resumed_ms = unanswered_ms if limit_ms < unanswered_ms else limit_ms + rest_ms
    if elapsed_ms < resumed_ms:
        return None
    phase_ms = (elapsed_ms - resumed_ms) % (limit_ms + rest_ms)
    return now.mono_ms - phase_ms + limit_ms if phase_ms < limit_ms else None


def indicate(
    alerts: Sequence[Alert],
    now: Moment,
    settings: BridgeSettings,
    input_lit: bool,
    utc_offset_h: int,
    unrecorded_since_ms: int | None = None,
) -> Indication:
    """The indication for the open `alerts`, oldest first. `unrecorded_since_ms`: since then a press could not be
    committed and is being tried again; the street must hear it all the same, but nothing may claim that it was sent."""
    sounding = [until for alert in alerts if (until := siren_until_ms(alert, now, settings)) is not None]
    if unrecorded_since_ms is not None:
        limit_ms = unrecorded_since_ms + round(settings.siren_limit_s * 1000)
        latest_ms = max([*sounding, limit_ms])
        loud = now.mono_ms < latest_ms
        return Indication(Lamp.RED_STEADY, loud, latest_ms if loud else None, UNRECORDED_WORDS)
    until_ms = max(sounding, default=None)
    if input_lit and until_ms is None:  # the finger that is on the button now is answered before older news
        return Indication(Lamp.RED_STEADY, False, None, HOLD_WORDS)
    if not alerts:
        return Indication(Lamp.OFF, False, None, "")
    urgent = min(reversed(alerts), key=lambda alert: URGENCY.index(stage_of(alert)))
    seen = shown(urgent, now.wall_ms, utc_offset_h)
    return Indication(seen.lamp, until_ms is not None, until_ms, seen.words)


def lamps_lit(lamp: Lamp, mono_ms: int) -> tuple[bool, bool, bool]:
    """(red, amber, green) at this instant. Fast is 2.5 Hz: WCAG 2.3.1 allows no more than three flashes a second."""
    fast, slow = mono_ms % 400 < 200, mono_ms % 1000 < 500
    return {
        Lamp.OFF: (False, False, False),
        Lamp.RED_STEADY: (True, False, False),
        Lamp.RED_FAST: (fast, False, False),
        Lamp.AMBER_SLOW: (False, slow, False),
        Lamp.GREEN: (False, False, True),
        Lamp.RED_AMBER: (slow, not slow, False),
    }[lamp]
