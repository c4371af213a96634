"""What a duty number reads: id, site, what was pressed, when, and a map link, in one SMS of 160 septets.

    Kebakaran 22/11 15.50
    Kel. Gunung Pangilun
    https://maps.google.com/?q=-0.92310,100.36870
    Balas: OK K7F2 4MQ9TX

**Short id and code are derived from the alert's nonce** (64 random bits that only this box and the post know) by
HMAC-SHA256, so nothing is stored and a box that restarted still knows them. The id has 4 letters of the alphabet
without look-alikes (30⁴ = 810,000) and says which alert. The code has 6 (30⁶ = 7.3·10⁸) and **each number gets its
own**: whoever forges a listed sender must guess the code of that very number, and one officer's code cannot be used in
another's name. A modem takes perhaps one SMS a second, so an hour of guessing at one open alert hits with a chance of
1 in 200,000; therefore there is no lock-out, which a forger could use against the real officer.

When the place does not fit, its name is shortened, never the id, the code or the link. A drill says so first.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated

import msgspec

from firmware_bridge.modem import gsm7
from kiosk.core.alert import CODE_WORDS, Alert, AlertState
from kiosk.core.clock import local_time
from kiosk.core.errors import BadInput
from kiosk.core.ids import TRACK_ALPHABET

SHORT_ID_LETTERS = 4
CODE_LETTERS = 6
LINK_SEPTETS = 70  # leaves the site's name 29 septets beside the longest words
_CUT = ".."


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the box stands. `map_link` may be empty; `map_link()` below makes one from coordinates."""

    site: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    map_link: Annotated[str, msgspec.Meta(pattern=r"^(https?://[!-~]+)?$", max_length=LINK_SEPTETS)] = ""
    utc_offset_h: int = 7

    def __post_init__(self) -> None:
        if not gsm7.is_sendable(self.map_link) or gsm7.septets(self.map_link) > LINK_SEPTETS:
            raise ValueError(f"tautan peta lebih dari {LINK_SEPTETS} huruf SMS")


def map_link(latitude: float, longitude: float) -> str:
    """A link that any phone opens; five decimals are about one metre. Raises BadInput off the globe."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadInput("koordinat di luar batas: lintang -90…90, bujur -180…180")
    return f"https://maps.google.com/?q={latitude:.5f},{longitude:.5f}"


def short_id(alert: Alert) -> str:
    """Four letters that name the alert in an SMS."""
    return _letters(alert, "id", SHORT_ID_LETTERS)


def reply_code(alert: Alert, number: str) -> str:
    """The six letters that answer the alert from `number` (normalised), and from no other."""
    return _letters(alert, f"code|{number}", CODE_LETTERS)


def alert_text(alert: Alert, place: Place, number: str, clock_known: bool = True) -> str:
    """The SMS about `alert` for `number` (normalised); at most 160 septets, only characters of the alphabet.

    `clock_known` is False when the time of the press was taken from a clock that nobody had set; no time is then told.
    A cancelled alert (CANCEL_REQUESTED) says so and names the same id.
    """
    at = f" {local_time(alert.raised_ms, place.utc_offset_h):%d/%m %H.%M}" if clock_known else " (jam tidak pasti)"
    what = f"{'LATIHAN ' if alert.drill else ''}{_cancelled(alert)}{CODE_WORDS[alert.code]}{at}"
    answer = f"Balas: OK {short_id(alert)} {reply_code(alert, number)}"
    if alert.state is AlertState.CANCEL_REQUESTED:
        answer = f"Panggilan {short_id(alert)} dibatalkan"
    around = [gsm7.transliterate(what), *([place.map_link] if place.map_link else []), answer]
    left = gsm7.MESSAGE_SEPTETS - gsm7.septets("\n".join(around)) - 1
    site = _shortened(" ".join(gsm7.transliterate(place.site).split()), left)
    text = "\n".join([around[0], *([site] if site else []), *around[1:]])
    if gsm7.septets(text) > gsm7.MESSAGE_SEPTETS:  # a future code with very long words; never a message in two parts
        raise BadInput("teks panggilan tidak muat dalam satu SMS")
    return text


def _cancelled(alert: Alert) -> str:
    return "BATAL " if alert.state is AlertState.CANCEL_REQUESTED else ""


def _shortened(text: str, most: int) -> str:
    if gsm7.septets(text) <= most:
        return text
    return gsm7.cut(text, most - len(_CUT)).rstrip(" ,.-") + _CUT if most > len(_CUT) else ""


def _letters(alert: Alert, purpose: str, count: int) -> str:
    said = f"kentongan sms 1|{alert.id}|{purpose}".encode()
    number = int.from_bytes(hmac.digest(alert.nonce.encode(), said, hashlib.sha256))
    base = len(TRACK_ALPHABET)
    return "".join(TRACK_ALPHABET[number // base**place % base] for place in range(count))
