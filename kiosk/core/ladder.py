"""The escalation ladder of a site: who else is told, and when, while nobody has answered an alert.

Data of the place, for only the place knows its people: contacts with a role, and rungs that name acts and roles. It
arrives as a document of the central (`ladder_document`); until one has come, `DEFAULT_LADDER` needs nobody's number:
siren, network, a receiving centre where one is set, and the word 110. What is due on it is `climb`'s to say.

Two promises are not data and cannot be edited away: the first rung tells the post over the network at 0 s, and the
last says no later than 100 s that nobody has answered.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kiosk.core.alert import UNANSWERED_AFTER_S
from kiosk.core.errors import BadInput
from kiosk.core.phone_number import normalised

CONTACTS_LIMIT = 50  # a modem sends about ten messages a minute: more would be reached too late to help
RUNGS_LIMIT = 12

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,23}\Z")]
Line = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?\Z", max_length=60)]
Seconds = Annotated[int, Meta(ge=0, le=int(UNANSWERED_AFTER_S))]


class Act(StrEnum):
    """What a rung does besides sending short messages."""

    MQTT = "mqtt"
    SIREN = "siren"
    BEAT = "beat"  # the kentongan: titir, or the code of what was pressed
    DC09 = "dc09"
    OFFER_110 = "offer-110"
    UNANSWERED = "unanswered"  # the box says so, the siren resumes and all paths are gone again


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or a duty telephone. Only who `acknowledges` may answer an alert by SMS."""

    id: Slug
    name: Line
    role: Slug
    number: Annotated[str, Meta(max_length=24)]
    acknowledges: bool = False


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after_s` from the press. `sms` names roles. `unless = "received"`: not once the post has it on disk (E4), and
    without waiting while the network is known to be down."""

    after_s: Seconds
    do: Annotated[tuple[Act, ...], Meta(max_length=6)] = ()
    sms: Annotated[tuple[Slug, ...], Meta(max_length=12)] = ()
    unless: Literal["answered", "received"] = "answered"


class Tests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the site tests itself, by its own clock: daily without anybody, weekly as a drill that a person answers."""

    daily_at: datetime.time = datetime.time(9, 0)
    weekly_on: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    weekly_at: datetime.time = datetime.time(10, 0)


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole ladder, rungs in the order of their time."""

    version: Annotated[int, Meta(ge=1, le=2**31)]
    dated: datetime.date
    rungs: Annotated[tuple[Rung, ...], Meta(min_length=1, max_length=RUNGS_LIMIT)]
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=CONTACTS_LIMIT)] = ()
    tests: Tests = Tests()

    def with_role(self, role: str) -> tuple[Contact, ...]:
        """In the order of the document."""
        return tuple(contact for contact in self.contacts if contact.role == role)

    def contact(self, id_: str) -> Contact | None:
        return next((contact for contact in self.contacts if contact.id == id_), None)

    def contact_of(self, number: str) -> Contact | None:
        """Whose telephone that is, however the number is written; None for a stranger."""
        wanted = international(number)
        return next((one for one in self.contacts if wanted and international(one.number) == wanted), None)


def international(number: str) -> str:
    """`0812-1000-1000`, `62812…` and `+62 812…` all as `+6281210001000`; empty for what is no telephone number."""
    try:
        return normalised(number)
    except BadInput:
        return ""


DEFAULT_LADDER = Ladder(
    version=1,
    dated=datetime.date(2026, 11, 22),
    rungs=(
        Rung(0, do=(Act.MQTT, Act.SIREN, Act.BEAT)),
        Rung(5, do=(Act.DC09,), unless="received"),
        Rung(60, do=(Act.OFFER_110,)),
        Rung(100, do=(Act.UNANSWERED,)),
    ),
)
