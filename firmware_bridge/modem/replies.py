"""Whether an SMS answers an alert: `OK {short id} {code}`, from a listed number, with that number's code.

Case, blanks, dashes and a full stop do not matter; one letter more does. Anything else changes nothing: it is handed
back as `Ignored` with the reason and a masked number, for the log. Which reason it was is told to nobody who sent it.
An alert that another officer has answered already may be answered again; a closed one may not.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence

import msgspec

from firmware_bridge.modem.numbers import masked, normalised
from firmware_bridge.modem.texts import CODE_LETTERS, SHORT_ID_LETTERS, reply_code, short_id
from kiosk.core.alert import Alert
from kiosk.core.errors import BadInput

_REPLY = re.compile(
    rf"""[\s"'.]*OK[\s\-:.,]+([A-Z0-9]{{{SHORT_ID_LETTERS}}})[\s\-:.,]+([A-Z0-9]{{{CODE_LETTERS}}})[\s"'.!]*\Z""",
    re.ASCII,
)
_REPLY_LIMIT = 60  # characters; what phones and people put around thirteen


class Acknowledged(msgspec.Struct, frozen=True):
    """A named person answered (E5). `name` is the one in the list of numbers; `raw` is the reply as it came."""

    alert_id: str
    name: str
    number: str
    raw: str


class Ignored(msgspec.Struct, frozen=True):
    """An SMS that changes nothing, and why; safe to log."""

    why: str
    number_masked: str


def listed(contacts: Mapping[str, str]) -> dict[str, str]:
    """Numbers as people wrote them → names, with the numbers normalised. Raises BadInput for one that is none."""
    return {normalised(number): name for number, name in contacts.items()}


def judge(sender: str, text: str, numbers: Mapping[str, str], alerts: Sequence[Alert]) -> Acknowledged | Ignored:
    """What `text` from `sender` means. `numbers` are normalised (see `listed`), `alerts` those of this box."""
    try:
        number = normalised(sender)
    except BadInput:
        return Ignored("sender is no phone number", masked(sender))
    name = numbers.get(number)
    if name is None:
        return Ignored("number is not listed", masked(number))
    reply = _REPLY.match(text.upper()) if len(text) <= _REPLY_LIMIT else None
    if reply is None:
        return Ignored("not of the form OK id code", masked(number))
    named = [alert for alert in alerts if alert.is_open and short_id(alert) == reply[1]]
    if not named:
        return Ignored("no open alert of that id", masked(number))
    for alert in named:  # two open alerts may share four letters; the code then tells which
        if hmac.compare_digest(reply_code(alert, number), reply[2]):
            return Acknowledged(alert.id, name, number, text)
    return Ignored("wrong code", masked(number))
