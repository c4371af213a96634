"""The receipt (tanda terima) of a request or a complaint: what stands on it and in which order. Pure.

Decision: no name, no NIK, nothing that was written. Whoever finds the paper may follow the case by its code, and reads
there only what stage it is at; what it is about is said in the words of the catalogue.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.printing.blocks import Block, Checklist, Gap, Huge, Letters, Line, Rule, Tracking
from kiosk.printing.layout import fee_bar, masthead
from kiosk.printing.words import speaker


class Receipt(msgspec.Struct, frozen=True, tag="receipt"):
    """What is printed for one request or complaint. Texts are in the resident's language already.

    `subject`: the service, or the kind of complaint. `promise`: until when an answer is promised and by whom, empty for
    none. `fee` only for requests. `bring`: what to bring when the letter is fetched. `anonymous`: it says that no name
    was kept.
    """

    kind: Literal["request", "complaint"]
    site_name: str
    agency: str
    subject: str
    received_at: str
    promise: str
    track_url: str
    track_code: str
    fee: str = ""
    bring: tuple[str, ...] = ()
    anonymous: bool = False
    language: str = "id"


def receipt_blocks(slip: Receipt) -> tuple[Block, ...]:
    """The receipt, top to bottom: the code is what a number is on a ticket."""
    say = speaker(slip.language)
    to_bring = (Rule(dotted=True), Gap(14), Checklist(say("bring"), slip.bring), Gap(12))
    return (
        *masthead(slip.site_name, slip.agency),
        Line(say(f"{slip.kind}_receipt"), "label"),
        Gap(10),
        Line(slip.subject, "heading"),
        Gap(10),
        *((Line(slip.promise, "strong"), Gap(8)) if slip.promise else ()),
        Line(say("received", at=slip.received_at), "small"),
        *((Line(say("anonymous")),) if slip.anonymous else ()),
        Gap(14),
        *(to_bring if any(slip.bring) else ()),
        *fee_bar(slip.fee),
        Rule(dotted=True),
        Gap(14),
        Line(say("track_code"), "label"),
        Gap(10),
        Huge(slip.track_code),
        Gap(14),
        Line(say(f"{slip.kind}_keep")),
        Gap(16),
        Tracking(slip.track_url, "", "", say("track_hint")),
        Gap(16),
        Rule(dotted=True),
        Gap(12),
        Letters(say(f"{slip.kind}_thanks", code=slip.track_code)),
    )
