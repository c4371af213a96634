"""A page of tiles, never more at once than a finger and an eye can take; the rest come with "Berikutnya".

How many fit is known here and not in the style sheet, so that nothing is ever cut off: eight at the usual size of text,
four when it is enlarged.
"""

from __future__ import annotations

import msgspec
from flask import request

from kiosk.catalogue.values import MAX_CHOICES
from kiosk.web.resident.frame import page
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit


class Choice(msgspec.Struct, frozen=True):
    """One tile: where it leads, its sign, its words."""

    href: str
    sign: str
    name: str
    note: str = ""


def choices(heading: str, listed: list[Choice], back: str, **more: object) -> str:
    """Draws the tiles of one page; `heading` is a key of the language files or the words themselves."""
    say = speaker(visit().language)
    try:
        title = say(heading)
    except KeyError:
        title = heading
    at_once = MAX_CHOICES if visit().text == 100 else 4
    if more and len(listed) > 6:  # something is said below the tiles, which leaves them one row less
        at_once = min(at_once, 6)
    pages = max(1, -(-len(listed) // at_once))
    number = min(max(1, request.args.get("halaman", 1, type=int)), pages)
    shown = listed[(number - 1) * at_once : number * at_once]
    return page("choices", title=title, choices=shown, number=number, pages=pages, before=back, **more)
