"""An answer by SMS: "OK {short id} {code}" from a listed number, and nothing else, is a named human's answer (E5).

Decision: the short id is the one that people see everywhere else (the last six hex digits of the alert's id), so that
an officer can say it on the radio. The code has six letters of the alphabet without look-alikes (30⁶ = 7.3·10⁸), made
by HMAC-SHA256 of the alert's nonce, 64 random bits that only this box and the post know: nothing is stored, a box that
restarted still knows it, and a copied, guessed or old answer has another one. **Each number gets its own**, because a
sender can be forged: one officer's code cannot be used in another's name. A modem takes perhaps one SMS a second, so an
hour of guessing at an open alert hits with a chance of 1 in 200,000; there is no lock-out, which a forger could use
against the real officer. Case, blanks and punctuation do not matter; one letter more does. An alert that another
officer has answered may be answered again, a closed one may not. Pure: who logs a refusal, without the number, is the
caller, and which one it was is told to nobody who sent it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.core.alert import Alert, AlertAction
from kiosk.core.ids import TRACK_ALPHABET
from kiosk.core.ladder import Contact, Ladder, international
from kiosk.core.proof import Proof

SHORT_ID_LENGTH = 6
CODE_LENGTH = 6
TEXT_LIMIT = 60  # characters; what phones and people put around sixteen

_ANSWER = re.compile(r"\W*OK\W+([0-9A-F]{6})\W+([0-9A-Z]{6})\W*", re.ASCII)


class Refusal(StrEnum):
    """Why a message changes nothing, for the log."""

    NO_ANSWER = "no answer"
    STRANGER = "number not listed"
    MAY_NOT = "listed, but not to acknowledge"
    NO_SUCH_ALERT = "no such open alert"
    WRONG_CODE = "wrong code"


class SmsAnswer(msgspec.Struct, frozen=True):
    """A good answer: for which alert, from whom, and what it proves. `path` is the way that was answered on."""

    alert: Alert
    contact: Contact
    proof: Proof

    @property
    def path(self) -> str:
        return f"sms/{self.contact.id}"


class Refused(msgspec.Struct, frozen=True):
    """`contact` (its id) as far as it is known; safe to log."""

    why: Refusal
    contact: str = ""


def short_id(alert: Alert) -> str:
    """What people call an alert: the last six hex digits of its id, as the post's console shows them."""
    return alert.id[-SHORT_ID_LENGTH:].upper()


def answer_code(alert: Alert, number: str) -> str:
    """The six letters that answer this alert from `number` (international), and from no other."""
    said = f"kentongan sms 1|{alert.id}|{number}".encode()
    digest = int.from_bytes(hmac.digest(alert.nonce.encode(), said, hashlib.sha256))
    base = len(TRACK_ALPHABET)
    return "".join(TRACK_ALPHABET[digest // base**place % base] for place in range(CODE_LENGTH))


def read_answer(text: str, sender: str, ladder: Ladder, alerts: Iterable[Alert]) -> SmsAnswer | Refused:
    """What a received message means. `alerts` are those of this box."""
    contact = ladder.contact_of(sender)
    if contact is None:
        return Refused(Refusal.STRANGER)
    if not contact.acknowledges:
        return Refused(Refusal.MAY_NOT, contact.id)
    match = _ANSWER.fullmatch(text.upper()) if len(text) <= TEXT_LIMIT else None
    if match is None:
        return Refused(Refusal.NO_ANSWER, contact.id)
    named = [alert for alert in alerts if alert.is_open and short_id(alert) == match[1]]
    for alert in named:  # two open alerts may share six digits; the code then tells which
        if hmac.compare_digest(match[2], answer_code(alert, international(contact.number))):
            return SmsAnswer(alert, contact, Proof(AlertAction.ACKNOWLEDGE, text, contact.name))
    return Refused(Refusal.WRONG_CODE if named else Refusal.NO_SUCH_ALERT, contact.id)
