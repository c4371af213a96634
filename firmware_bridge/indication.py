"""What lamp, siren and screen of the box do, from the open alerts alone.

No state of its own: after a crash or a reboot the same rows give the same indication, so an alert resumes where its
evidence left it. The most urgent alert is shown, the newest of several alike. The siren sounds from the ladder's rung
on (0 s by default) for the time that local law allows, rests, and sounds again only while nobody has answered; an
answer or a cancellation silences it. The kentongan beats while the siren sounds. An alert of an earlier boot is at
least as old as this boot, since monotonic time starts at zero there. **A silent alert is not there at all.** Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from kiosk.core.alarm_words import HOLD_WORDS, UNRECORDED_WORDS, URGENCY, AlarmStage, Lamp, shown, stage_of
from kiosk.core.alert import Alert, AlertState
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.climb import OFFER_110_WORDS
from kiosk.core.clock import Moment
from kiosk.core.ladder import DEFAULT_LADDER, Act, Ladder


class Indication(msgspec.Struct, frozen=True):
    """What to show now. `siren_until_ms` is monotonic, the end of this stretch of sound; None when it is silent."""

    lamp: Lamp
    siren: bool
    siren_until_ms: int | None
    message: str


class Rungs(msgspec.Struct, frozen=True):
    """The two times of the ladder that the box itself keeps. `siren_s` is None where the ladder has no siren."""

    siren_s: int | None
    unanswered_s: int


def rungs_of(ladder: Ladder) -> Rungs:
    """The siren's rung is the first that names the siren or the kentongan: the two sound together."""
    sounding = [rung.after_s for rung in ladder.rungs if {Act.SIREN, Act.BEAT} & set(rung.do)]
    return Rungs(min(sounding, default=None), ladder.rungs[-1].after_s)


DEFAULT_RUNGS = rungs_of(DEFAULT_LADDER)

_SOUNDING_STATES = frozenset(  # nobody has answered, and nobody has asked to cancel
    {AlertState.RAISED, AlertState.SENDING, AlertState.CARRIED, AlertState.RECEIVED, AlertState.UNANSWERED}
)


def age_ms(alert: Alert, now: Moment) -> int:
    """How long ago an alert was raised, as far as monotonic time can prove it."""
    return now.mono_ms - alert.raised_mono_ms if alert.boot == now.boot else now.mono_ms


def siren_until_ms(alert: Alert, now: Moment, settings: BridgeSettings, rungs: Rungs = DEFAULT_RUNGS) -> int | None:
    """Monotonic end of the stretch of siren that this alert is in, or None when it is to be silent."""
    if alert.state not in _SOUNDING_STATES or alert.is_silent or rungs.siren_s is None:
        return None
    limit_ms, rest_ms = round(settings.siren_limit_s * 1000), round(settings.siren_rest_s * 1000)
    elapsed_ms = age_ms(alert, now) - rungs.siren_s * 1000
    if elapsed_ms < 0:
        return None
    if elapsed_ms < limit_ms:
        return now.mono_ms - elapsed_ms + limit_ms
    if alert.state is not AlertState.UNANSWERED:
        return None
    unanswered_ms = (rungs.unanswered_s - rungs.siren_s) * 1000
    resumed_ms = unanswered_ms if limit_ms < unanswered_ms else limit_ms + rest_ms
    if elapsed_ms < resumed_ms:
        return None
    phase_ms = (elapsed_ms - resumed_ms) % (limit_ms + rest_ms)
    return now.mono_ms - phase_ms + limit_ms if phase_ms < limit_ms else None


def sounding(
    alerts: Sequence[Alert], now: Moment, settings: BridgeSettings, rungs: Rungs = DEFAULT_RUNGS
) -> list[Alert]:
    """The alerts for which siren and kentongan sound now, oldest first."""
    return [alert for alert in alerts if siren_until_ms(alert, now, settings, rungs) is not None]


def indicate(
    alerts: Sequence[Alert],
    now: Moment,
    settings: BridgeSettings,
    input_lit: bool,
    utc_offset_h: int,
    unrecorded_since_ms: int | None = None,
    rungs: Rungs = DEFAULT_RUNGS,
    offered: Collection[str] = (),
) -> Indication:
    """The indication for the open `alerts`, oldest first. `unrecorded_since_ms`: since then a press could not be
    committed and is being tried again; the street must hear it all the same, but nothing may claim that it was sent.
    `offered` are the alerts (ids) for which the ladder now offers 110."""
    alerts = [alert for alert in alerts if not alert.is_silent]
    ends = [until for alert in alerts if (until := siren_until_ms(alert, now, settings, rungs)) is not None]
    if unrecorded_since_ms is not None:
        limit_ms = unrecorded_since_ms + round(settings.siren_limit_s * 1000)
        latest_ms = max([*ends, limit_ms])
        loud = now.mono_ms < latest_ms
        return Indication(Lamp.RED_STEADY, loud, latest_ms if loud else None, UNRECORDED_WORDS)
    until_ms = max(ends, default=None)
    if input_lit and until_ms is None:  # the finger that is on the button now is answered before older news
        return Indication(Lamp.RED_STEADY, False, None, HOLD_WORDS)
    if not alerts:
        return Indication(Lamp.OFF, False, None, "")
    urgent = min(reversed(alerts), key=lambda alert: URGENCY.index(stage_of(alert)))
    seen = shown(urgent, now.wall_ms, utc_offset_h)
    is_offered = urgent.id in offered and seen.stage in (AlarmStage.SENDING, AlarmStage.WAITING)
    words = f"{'LATIHAN — ' if urgent.drill else ''}{OFFER_110_WORDS}" if is_offered else seen.words
    return Indication(seen.lamp, until_ms is not None, until_ms, words)


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
