"""What exactly leaves for one action of the ladder: an SMS for a contact, or an event for a receiving centre. Pure.

Every send has a name for good, made of the alert's id and the action's key, which a client hands back with each reply;
so a reply finds its action after a crash too. A text tells the time of the press only where it can be known: a kiosk
may believe that it is 1970. It is made when it is handed over: whoever is told for the first time after a cancel is
told of the call first and of its cancel by a text of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.texts import Place, alert_text
from kiosk.core.alert import Alert, AlertState
from kiosk.core.climb import Action, Round, action_of
from kiosk.core.clock import Moment
from kiosk.core.ladder import Contact, international

_BETWEEN = "|"


def send_id(alert_id: str, action: Action) -> str:
    """The name of a send, e.g. `019ab000-…|again/sms/piket-1`."""
    return f"{alert_id}{_BETWEEN}{action.key}"


def meant(name: str, exercise: bool = False) -> tuple[str, Action]:
    """The alert's id and the action of a send. Raises ValueError for what is no such name."""
    alert_id, _, key = name.partition(_BETWEEN)
    return alert_id, action_of(key, exercise)


def pressed_ms(alert: Alert, now: Moment) -> int | None:
    """Unix milliseconds of the press, None where no clock can tell: counted back from a clock that is right now."""
    if not now.synchronised or alert.boot != now.boot or now.mono_ms < alert.raised_mono_ms:
        return None
    return now.wall_ms - (now.mono_ms - alert.raised_mono_ms)


def text_of(alert: Alert, action: Action, contact: Contact, place: Place, now: Moment) -> Text:
    """The SMS for `contact`. Raises BadInput when it cannot be said in one message."""
    at_ms = pressed_ms(alert, now)
    told = msgspec.structs.replace(
        alert,
        state=AlertState.CANCEL_REQUESTED if action.round is Round.CANCEL else AlertState.SENDING,
        raised_ms=alert.raised_ms if at_ms is None else at_ms,
    )
    number = international(contact.number)
    words = alert_text(told, place, number, at_ms is not None, contact.acknowledges)
    return Text(send_id(alert.id, action), number, words)


def event_of(alert: Alert, action: Action, buttons: Sequence[str]) -> Event:
    """The Contact ID event. The zone is the place of the button in the settings, from 1; 0 for every other source."""
    button = alert.source.partition("@")[0]
    return Event(
        key=send_id(alert.id, action),
        report=Report.CANCELLED if action.round is Round.CANCEL else Report.RAISED,
        code=alert.code,
        silent=alert.is_silent,
        drill=alert.drill,
        zone=buttons.index(button) + 1 if button in buttons else 0,
    )
