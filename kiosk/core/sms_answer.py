"""An answer by SMS: "OK {short id} {code}" from a listed number, and nothing else, is a named human's answer (E5).

The sender's number alone proves little (it can be forged), so each person is given a code of her own for each alert,
made of its nonce: a copied, guessed or old answer names another alert or has another code. Five wrong codes of one
number for one alert are enough; after that its messages change nothing. Pure: who counts them, and logs a refusal
without the number, is the caller.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.core.alert import Alert, AlertAction
from kiosk.core.ladder import Contact, Ladder
from kiosk.core.proof import Proof

SHORT_ID_LENGTH = 6
WRONG_CODES_LIMIT = 5  # of 10,000: one chance in two thousand
TEXT_LIMIT = 160

_ANSWER = re.compile(r"\s*ok\W+([0-9a-f]{6})\W+([0-9]{4})\W*", re.IGNORECASE | re.ASCII)


class Refusal(StrEnum):
    """Why a message changes nothing, for the log."""

    NO_ANSWER = "no answer"
    STRANGER = "number not listed"
    MAY_NOT = "listed, but not to acknowledge"
    NO_SUCH_ALERT = "no such open alert"
    WRONG_CODE = "wrong code"
    TOO_OFTEN = "too many wrong codes"


class SmsAnswer(msgspec.Struct, frozen=True):
    """A good answer: for which alert, from whom, and what it proves. `path` is the way that was answered on."""

    alert: Alert
    contact: Contact
    proof: Proof

    @property
    def path(self) -> str:
        return f"sms/{self.contact.id}"


class Refused(msgspec.Struct, frozen=True):
    """`contact` and `alert` (ids) as far as they are known; WRONG_CODE is to be counted for the two together."""

    why: Refusal
    contact: str = ""
    alert: str = ""


def short_id(alert: Alert) -> str:
    """What people call an alert in a message: the last six hex digits of its id."""
    return alert.id[-SHORT_ID_LENGTH:].upper()


def answer_code(alert: Alert, contact_id: str) -> str:
    """The four digits by which this contact, and nobody else, answers this alert."""
    digest = hashlib.sha256(f"kentongan sms 1:{alert.nonce}:{contact_id}".encode()).digest()
    return f"{int.from_bytes(digest[:8]) % 10_000:04d}"


def read_answer(
    text: str, sender: str, ladder: Ladder, alerts: Iterable[Alert], wrong: Iterable[Refused] = ()
) -> SmsAnswer | Refused:
    """What a received message means. `alerts` are the open ones; `wrong` every WRONG_CODE that was refused before."""
    contact = ladder.contact_of(sender)
    if contact is None:
        return Refused(Refusal.STRANGER)
    if not contact.acknowledges:
        return Refused(Refusal.MAY_NOT, contact.id)
    match = _ANSWER.fullmatch(text) if len(text) <= TEXT_LIMIT else None
    if match is None:
        return Refused(Refusal.NO_ANSWER, contact.id)
    alert = next((one for one in alerts if one.is_open and short_id(one) == match[1].upper()), None)
    if alert is None:
        return Refused(Refusal.NO_SUCH_ALERT, contact.id)
    failures = sum((one.contact, one.alert) == (contact.id, alert.id) for one in wrong)
    if failures >= WRONG_CODES_LIMIT:
        return Refused(Refusal.TOO_OFTEN, contact.id, alert.id)
    if not hmac.compare_digest(match[2], answer_code(alert, contact.id)):
        return Refused(Refusal.WRONG_CODE, contact.id, alert.id)
    return SmsAnswer(alert, contact, Proof(AlertAction.ACKNOWLEDGE, text, contact.name))
