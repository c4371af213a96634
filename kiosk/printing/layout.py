"""A queue ticket: what stands on it and in which order. Pure; how it is set is `sheet`'s business."""

from __future__ import annotations

import msgspec

from kiosk.printing.blocks import Bar, Block, Checklist, Gap, Huge, Letters, Line, Rule, Tracking
from kiosk.printing.words import speaker


class TicketSlip(msgspec.Struct, frozen=True, tag="ticket"):
    """What is printed on one ticket. What comes as a text is in the resident's language already where it varies."""

    site_name: str
    agency: str
    number: str
    service_name: str
    issued_at: str
    wait: str
    people_ahead: int
    fee: str
    requirements: tuple[str, ...]
    track_url: str
    track_code: str
    language: str = "id"


def ticket_blocks(slip: TicketSlip) -> tuple[Block, ...]:
    """The ticket, top to bottom."""
    say = speaker(slip.language)
    ahead = "ahead_none" if slip.people_ahead <= 0 else "ahead_one" if slip.people_ahead == 1 else "ahead_many"
    needs = (Rule(dotted=True), Gap(14), Checklist(say("prepare"), slip.requirements), Gap(12))
    return (
        *masthead(slip.site_name, slip.agency),
        Line(say("queue_number"), "label"),
        Gap(12),
        Huge(slip.number),
        Gap(20),
        Line(slip.service_name, "heading"),
        Gap(12),
        Line(slip.wait, "strong"),
        Line(say(ahead, count=slip.people_ahead)),
        Line(slip.issued_at, "small"),
        Gap(14),
        *(needs if any(slip.requirements) else ()),
        *fee_bar(slip.fee),
        *tracking(slip.track_url, slip.track_code, slip.language),
        # The number once more, in the printer's letters: so the bytes alone tell which ticket they are.
        Letters(say("thanks", number=slip.number)),
    )


def masthead(site_name: str, agency: str) -> tuple[Block, ...]:
    """Whose slip it is."""
    return (Line(site_name, "title"), Gap(4), Line(agency, "small"), Gap(12), Rule(), Gap(16))


def fee_bar(fee: str) -> tuple[Block, ...]:
    """The official fee where nobody can overlook it; nothing for a slip without one."""
    return (Bar(fee), Gap(22)) if fee else ()


def tracking(url: str, code: str, language: str) -> tuple[Block, ...]:
    """The way back to the ticket, request or complaint; nothing without a code."""
    say = speaker(language)
    band = Tracking(url, code, say("track_code"), say("track_hint"))
    return (band, Gap(18), Rule(dotted=True), Gap(12)) if code else ()
